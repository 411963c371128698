/** Starts the panel. */

import { connect } from "./connection.js";
import { chooseLanguage, loadWords } from "./i18n.js";
import { changed, onChange } from "./store.js";
import { followTheme } from "./theme.js";
import { shell } from "./view/shell.js";

const AGE_TICK_MS = 15000;

followTheme();
chooseLanguage();
await loadWords("common");
const panel = shell();
document.body.replaceChildren(...panel.elements);
onChange(panel.update);
panel.update();
connect();
setInterval(changed, AGE_TICK_MS);
