/** The dialogs, which load when the first is opened. */

let failures = 0;

/** Returns the module of dialogs; one that could not be loaded stays so in its document, unless it is called otherwise. */
export async function dialogs() {
  try {
    return await import(failures > 0 ? `./dialog.js?${failures}` : "./dialog.js");
  } catch (error) {
    failures += 1;
    throw error;
  }
}
