/** The cards that may charge or may not, behind a fold; a card is added by holding it to a wallbox. */

import { get, post } from "../api.js";
import { el, setText } from "../dom.js";
import { ago, has, t } from "../i18n.js";
import { model, serverNowMs } from "../store.js";
import { ask } from "./dialog.js";
import { fold } from "./fold.js";

const PATH = "api/tokens";

/** Returns the fold; only administrators see it. */
export function cards() {
  const list = el("ul.list.cards");
  const none = el("p.hint", { hidden: true }, t("cards.empty"));
  const shown = el("ul.list", { "aria-label": t("cards.presented") });
  const nobody = el("p.hint", { hidden: true }, t("cards.presented_empty"));

  const load = async () => {
    const [tokens, presented] = await Promise.all([get(PATH), get(`${PATH}/presented`)]);
    const strangers = newest(presented).filter((card) => !tokens.some((token) => isSame(token, card)));
    const refocus = focusKeeper(list);
    list.replaceChildren(...tokens.map((token) => cardRow(token, change)));
    refocus();
    shown.replaceChildren(...strangers.map((card) => presentedRow(card, add)));
    none.hidden = tokens.length > 0;
    nobody.hidden = strangers.length > 0;
  };
  const { element, attempt } = fold(
    t("cards"),
    load,
    none,
    list,
    el("h3", {}, t("cards.presented")),
    nobody,
    shown,
  );
  // The list is read again even after a refusal, so that it shows what holds.
  const change = (task) =>
    attempt(async () => {
      try {
        return await task();
      } finally {
        await load();
      }
    });
  const add = async ({ id_token, type }) => {
    let key = null;
    await change(async () => {
      ({ key } = await post(PATH, { id_token, type: type || null }));
    });
    [...list.children].find((row) => row.dataset.key === key)?.querySelector("input").focus();
  };
  const update = () => {
    element.hidden = !model.known || !model.admin;
  };
  return { element, update };
}

/** Returns what gives the focus back to the control that has it now, once the rows are made anew. */
function focusKeeper(list) {
  const controls = (row) => [...(row?.querySelectorAll("input, button") ?? [])];
  const row = document.activeElement.closest("[data-key]");
  const place = controls(row).indexOf(document.activeElement);
  return () => controls([...list.children].find((one) => one.dataset.key === row?.dataset.key))[place]?.focus();
}

/** Returns each card once, as it was shown last. */
function newest(presented) {
  return presented
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .filter((card, place, all) => all.findIndex((other) => isSame(other, card)) === place);
}

/** Returns whether two rows are about one card; a row without a type counts for every type. */
function isSame(one, other) {
  return (
    one.id_token.toLowerCase() === other.id_token.toLowerCase() &&
    (!one.type || !other.type || one.type === other.type)
  );
}

function cardRow(token, change) {
  const path = `${PATH}/${encodeURIComponent(token.key)}`;
  const accepted = token.status === "Accepted";
  const called = token.name ?? token.id_token;
  const name = el("input", {
    type: "text",
    value: token.name ?? "",
    maxlength: 100,
    placeholder: t("cards.name"),
    "aria-label": t("cards.name_of", { id: token.id_token }),
    autocomplete: "off",
  });
  const save = (values) => change(() => post(path, { ...token, ...values }, "PUT"));
  name.addEventListener("change", () => save({ name: name.value.trim() || null }));
  const judge = el("button.text", { type: "button" }, t(accepted ? "cards.block" : "cards.accept"));
  judge.addEventListener("click", () => save({ status: accepted ? "Blocked" : "Accepted" }));
  const remove = el("button.text", { type: "button" }, t("cards.delete"));
  remove.addEventListener("click", async () => {
    if (await sure(called)) {
      await change(() => post(path, {}, "DELETE"));
    }
  });
  return el(
    "li",
    { "data-key": token.key },
    el("div", {}, name, el("code.id", {}, token.id_token), el("span.hint", {}, statusWords(token.status))),
    el("div.buttons", { role: "group", "aria-label": called }, judge, remove),
  );
}

function presentedRow(card, add) {
  const button = el("button.text", { type: "button" }, t("cards.add"));
  button.addEventListener("click", () => {
    button.disabled = true;
    add(card);
  });
  const when = el("span.hint");
  setText(when, [ago(card.at, serverNowMs()), statusWords(card.status)].join(", "));
  return el("li", {}, el("div", {}, el("code.id", {}, card.id_token), when), button);
}

function statusWords(status) {
  const key = `cards.status.${status}`;
  return has(key) ? t(key) : status;
}

async function sure(called) {
  const answers = [{ label: t("cards.delete"), value: "yes", style: "danger" }];
  return (await ask(t("cards.delete.title"), [t("cards.delete.text", { card: called })], answers)) === "yes";
}
