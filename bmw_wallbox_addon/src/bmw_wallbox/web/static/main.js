/** Starts the panel. */

import { connect } from "./connection.js";
import { loadWords } from "./i18n.js";
import { changed, onChange } from "./store.js";
import { followTheme } from "./theme.js";
import { page } from "./view/page.js";

const AGE_TICK_MS = 15000;

followTheme();
await loadWords();
const view = page();
document.getElementById("panel").replaceChildren(...view.elements);
onChange(view.update);
view.update();
connect();
setInterval(changed, AGE_TICK_MS);
