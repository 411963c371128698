/** The panel's few pictures, drawn as strokes in the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  alert: ["M12 3.5 21.5 20h-19z", "M12 10v4.5", "M12 17.2v.1"],
  bolt: ["M13 2.5 5 13.5h6l-1 8 8-11h-6z"],
  back: ["M20 12H5", "m11 5.5-6.5 6.5 6.5 6.5"],
  block: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "m5.7 5.7 12.6 12.6"],
  calendar: ["M4 6.5h16v14H4z", "M4 10.5h16", "M8.5 3.5v5", "M15.5 3.5v5"],
  car: ["M4 16.5v-4l2-5.5h12l2 5.5v4z", "M4.5 12h15", "M6 16.5v2.5", "M18 16.5v2.5", "M7.5 14.3h.1", "M16.4 14.3h.1"],
  card: ["M3.5 6h17v12h-17z", "M3.5 10h17", "M7 14.5h4"],
  check: ["m4.5 12.5 5 5 10-11"],
  cross: ["m6 6 12 12", "m18 6-12 12"],
  gauge: ["M4 17a8.5 8.5 0 1 1 16 0", "m12 14.5 4-5"],
  hourglass: ["M6.5 3h11", "M6.5 21h11", "M7.5 3c0 5 4.5 6 4.5 9s-4.5 4-4.5 9", "M16.5 3c0 5-4.5 6-4.5 9s4.5 4 4.5 9"],
  link: ["M12 18.5v.1", "M8.5 15a5 5 0 0 1 7 0", "M5.3 11.7a9.5 9.5 0 0 1 13.4 0", "M2.5 8.3a13.5 13.5 0 0 1 19 0"],
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  pause: ["M8.5 5v14", "M15.5 5v14"],
  play: ["M7.5 4.5v15l12-7.5z"],
  plug: ["M9 3v5", "M15 3v5", "M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0z", "M12 17v4"],
  refresh: ["M20 11.5a8 8 0 1 0-2.3 6", "M20 5.5v6h-6"],
  restart: ["M12 3v8", "M6.8 6.5a8 8 0 1 0 10.4 0"],
  sliders: ["M4 7h9", "M17 7h3", "M15 4.8v4.4", "M4 17h3", "M11 17h9", "M9 14.8v4.4"],
  sum: ["M17.5 7V4.5h-11L13 12l-6.5 7.5h11V17"],
  terminal: ["M3.5 5h17v14h-17z", "m7 9.5 3 2.5-3 2.5", "M12.5 15h4"],
};

/** Returns a decorative icon; what it means is said in words beside it. */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    ...PATHS[name].map((d) => svg("path", { d })),
  );
}
