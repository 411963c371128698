/** Stub. */
import { el } from "../../dom.js";
export default function view() { return { element: el("div") }; }
