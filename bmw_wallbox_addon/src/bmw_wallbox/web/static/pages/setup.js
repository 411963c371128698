/** The set-up guide: from the certificate to the first charge, each step with its live state. */

import { post } from "../api.js";
import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { model } from "../store.js";
import { readAddress, rest, watchCertificate } from "../view/setup/address_store.js";
import { arrivalStep } from "../view/setup/arrival.js";
import { certificateStep } from "../view/setup/certificate.js";
import { chargeStep } from "../view/setup/charge.js";
import { mqttStep } from "../view/setup/mqtt.js";
import { typingStep } from "../view/setup/typing.js";

const STEPS = [certificateStep, typingStep, arrivalStep, mqttStep, chargeStep];

/** Returns the page. */
export default function page() {
  const steps = STEPS.map((create, place) => create(place + 1));
  const progress = el("p.progress", { role: "status" });
  const end = ending();
  const element = el(
    "div.page.guide",
    {},
    el("p", {}, t("guide.text")),
    progress,
    end.done,
    el("ol.steps", {}, ...steps.map((one) => one.element)),
    end.element,
  );
  const update = () => {
    if (!model.known) {
      return;
    }
    watchCertificate();
    const states = steps.map((one) => one.update());
    const counted = states.filter((state) => state !== "skipped");
    const done = counted.filter((state) => state === "done").length;
    setText(progress, t("guide.progress", { done, count: counted.length }));
    end.update();
  };
  return { element, update, shown: readAddress, hidden: rest };
}

/** What says that all is done, and what puts the guide away or back. */
function ending() {
  const outcome = el("p.hint.refusal", { role: "status" });
  const button = el("button.quiet", { type: "button" });
  button.addEventListener("click", () =>
    post("api/guide", { finished: !model.info.set_up }, "PUT").then(
      () => setText(outcome, ""),
      (error) => setText(outcome, error.message),
    ),
  );
  const hint = el("p.hint");
  const done = el("p.card.notice.finished", { "data-look": "good" }, icon("check"), el("span", {}, t("guide.finished")));
  const element = el("div.ending", {}, hint, el("div.buttons", {}, button), outcome);
  const update = () => {
    const finished = model.info.set_up === true;
    done.hidden = !finished;
    element.hidden = !model.admin;
    setText(button, t(finished ? "guide.bring_back" : "guide.put_away"));
    setText(hint, t(finished ? "guide.bring_back.text" : "guide.put_away.text"));
  };
  return { element, done, update };
}
