/** Learning a card: hold it to the wallbox, see it here at once, and name it. */

import { get } from "../../api.js";
import { el, setText } from "../../dom.js";
import { ago, t } from "../../i18n.js";
import { onChange, serverNowMs } from "../../store.js";
import { editCard } from "./card_dialog.js";
import { openDialog } from "./dialog.js";

const PATH = "api/tokens/presented";
const REST_MS = 500;

/** Waits for a card that the table does not hold; resolves to it once it is named, or to null. */
export async function learnCard(tokens) {
  const words = el("p", { role: "status" }, t("cards.learn.text"));
  const list = el("div.choices", { role: "radiogroup", "aria-label": t("cards.presented") });
  const typed = el("input", { type: "text", maxlength: 36, autocomplete: "off", spellcheck: "false", "aria-label": t("cards.learn.typed") });
  let told = "";
  let chosen = null;
  const look = async () => {
    const found = newest(await get(PATH)).filter((card) => !tokens.some((token) => isSame(token, card)));
    const now = JSON.stringify(found);
    if (now === told) {
      return;
    }
    told = now;
    chosen = found[0] ?? null;
    setText(words, found.length > 0 ? t("cards.learn.found") : t("cards.learn.text"));
    list.replaceChildren(...found.map((card) => choice(card, card === chosen, () => (chosen = card))));
  };
  const follow = watch(look);
  const act = async () => {
    const id = typed.value.trim();
    if (!id && !chosen) {
      throw new Error(t("cards.learn.none"));
    }
    return id ? { id_token: id, type: null } : { id_token: chosen.id_token, type: chosen.type || null };
  };
  const parts = [words, list, el("div.labelled", {}, el("span", {}, t("cards.learn.typed")), typed)];
  const card = await openDialog({ title: t("cards.learn"), parts, label: t("cards.learn.next"), act, closed: follow });
  return card ? editCard({ ...card, status: "Accepted" }) : null;
}

/** Calls `look` now and whenever a wallbox said something, at most twice a second; returns what ends that. */
function watch(look) {
  let due = 0;
  let open = true;
  const again = () => {
    if (open && due === 0) {
      due = setTimeout(() => {
        due = 0;
        look().catch(() => {}); // the next word of a wallbox brings another try
      }, REST_MS);
    }
  };
  const end = onChange(again);
  again();
  return () => {
    open = false;
    end();
    clearTimeout(due);
  };
}

function choice(card, checked, choose) {
  const input = el("input", { type: "radio", name: "presented", checked });
  input.addEventListener("change", choose);
  return el("label.choice", {}, input, el("code.id", {}, card.id_token), el("span.hint", {}, ago(card.at, serverNowMs())));
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
