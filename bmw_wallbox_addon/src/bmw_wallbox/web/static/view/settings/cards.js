/** The cards: who they belong to, whether they may charge, how fast and until when. */

import { get, post } from "../../api.js";
import { el, keyed, setText } from "../../dom.js";
import { day, has, quantity, t } from "../../i18n.js";
import { model } from "../../store.js";
import { ask } from "../dialog.js";
import { editCard } from "./card_dialog.js";
import { settingsForm } from "./form.js";
import { learnCard } from "./learn.js";
import { FORMS } from "./tables.js";

const PATH = "api/tokens";

/** Returns the view. */
export function cardsView() {
  const form = settingsForm(FORMS.cards);
  const list = el("ul.rows");
  const none = el("p.hint", {}, t("cards.empty"));
  const trouble = el("p.hint.refusal", { role: "alert" });
  const learn = el("button.primary", { type: "button" }, t("cards.learn"));
  const table = el("section.card.group", { "aria-labelledby": "cards-title" }, el("h3", { id: "cards-title" }, t("cards.known")), none, list, el("div.buttons", {}, learn), trouble);
  const element = el("div.view", {}, table, form.element);
  let tokens = [];
  const rows = keyed(list, (token) => token.key, (token) => cardRow(token, act));

  const show = () => {
    rows(tokens);
    none.hidden = tokens.length > 0;
  };
  const read = async () => {
    tokens = await get(PATH);
    show();
  };
  // The list is read again even after a refusal, so that it shows what holds.
  const act = async (task) => {
    setText(trouble, "");
    try {
      await task();
    } catch (error) {
      setText(trouble, error.message);
    }
    await read();
  };
  learn.addEventListener("click", () => act(() => learnCard(tokens)));
  const update = () => {
    learn.hidden = !model.admin;
    list.classList.toggle("locked", !model.admin);
    list.querySelectorAll(".buttons").forEach((buttons) => (buttons.hidden = !model.admin));
    form.update();
  };
  return { element, load: () => Promise.all([read(), form.load()]), update, dirty: form.dirty };
}

function cardRow(first, act) {
  let token = first;
  const name = el("strong");
  const facts = el("p.hint");
  const id = el("code.id");
  const judge = el("button.text", { type: "button" });
  const edit = el("button.text", { type: "button" }, t("cards.edit"));
  const remove = el("button.text", { type: "button" }, t("cards.delete"));
  const path = `${PATH}/${encodeURIComponent(first.key)}`;
  const buttons = el("div.buttons", { role: "group", hidden: !model.admin }, judge, edit, remove);
  const accepted = () => token.status === "Accepted";
  judge.addEventListener("click", () =>
    act(() => post(path, { ...token, status: accepted() ? "Blocked" : "Accepted" }, "PUT")),
  );
  edit.addEventListener("click", () => act(() => editCard(token)));
  remove.addEventListener("click", async () => {
    if (await sure(calledOf(token))) {
      await act(() => post(path, {}, "DELETE"));
    }
  });
  const element = el("li", {}, el("div", {}, name, id, facts), buttons);
  const update = (now) => {
    token = now;
    setText(name, calledOf(now));
    setText(id, now.id_token);
    id.hidden = !now.name;
    setText(facts, factsOf(now));
    setText(judge, t(accepted() ? "cards.block" : "cards.accept"));
    buttons.setAttribute("aria-label", calledOf(now));
    element.dataset.status = now.status;
  };
  return { element, update };
}

function calledOf(token) {
  return token.name ?? token.id_token;
}

function factsOf(token) {
  const status = `cards.status.${token.status}`;
  const expired = token.expires && Date.parse(token.expires) <= Date.now();
  return [
    has(status) ? t(status) : token.status,
    token.vehicle,
    typeof token.limit_a === "number" ? t("cards.limited", { limit: quantity(token.limit_a, "A", 0) }) : null,
    token.expires ? t(expired ? "cards.expired" : "cards.expires_on", { date: day(token.expires) }) : null,
    token.group_id ? t("cards.group_of", { group: token.group_id }) : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

async function sure(called) {
  const answers = [{ label: t("cards.delete"), value: "yes", style: "danger" }];
  return (await ask(t("cards.delete.title"), [t("cards.delete.text", { card: called })], answers)) === "yes";
}
