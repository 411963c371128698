/** Which settings stand on which view, in which group and with which field; those the app lacks are left out. */

/** `warns`: what it permits has a consequence, which is told beside it. */
export const FORMS = {
  control: [
    { group: "limit", rows: [
      { key: "profile_strategy", kind: "choice", choices: ["auto", "tx_default", "tx"] },
      { key: "min_interval_s", kind: "number", unit: "s", min: 1, max: 300, step: 1 },
      { key: "dead_band_a", kind: "number", unit: "A", min: 0, max: 3, step: 0.1 },
      { key: "offline_limit_a", kind: "number", unit: "A", min: 0, max: 32, step: 1 },
      { key: "wake_up_tries", kind: "number", unit: "", min: 0, max: 3, step: 1 },
    ] },
    { group: "proof", rows: [
      { key: "meter_interval_s", kind: "number", unit: "s", min: 5, max: 300, step: 1 },
      { key: "settle_s", kind: "number", unit: "s", min: 10, max: 300, step: 1 },
      { key: "tolerance_a", kind: "number", unit: "A", min: 0.5, max: 5, step: 0.1 },
    ] },
    { group: "ladder", rows: [
      { key: "allow_stop_transaction", kind: "switch", warns: true },
      { key: "allow_reset", kind: "switch", warns: true },
    ] },
  ],
  cards: [
    { group: "unknown", rows: [
      { key: "unknown_tokens", kind: "choice", choices: ["accept", "refuse"] },
      { key: "master_pass_group_id", kind: "text", longest: 36 },
    ] },
  ],
  notifications: [
    { group: "target", rows: [{ key: "notify_target", kind: "text", longest: 207 }] },
    { group: "events", rows: [
      { key: "notify_charging_started", kind: "switch" },
      { key: "notify_charging_finished", kind: "switch" },
      { key: "notify_problem", kind: "switch" },
      { key: "notify_limit_broken", kind: "switch" },
      { key: "notify_disconnected", kind: "switch" },
      { key: "notify_disconnected_min", kind: "number", unit: "min", min: 1, max: 1440, step: 1 },
      { key: "notify_card_refused", kind: "switch" },
      { key: "notify_report_ready", kind: "switch" },
    ] },
  ],
  reports: [
    { group: "month", rows: [
      { key: "monthly_report", kind: "choice", choices: ["off", "share", "notification", "both"] },
      { key: "language", kind: "choice", choices: ["auto", "en", "de"] },
    ] },
    { group: "letterhead", rows: [
      { key: "report_sender", kind: "lines", longest: 500 },
      { key: "report_receiver", kind: "lines", longest: 500 },
      { key: "report_reference", kind: "text", longest: 255 },
      { key: "report_licence_plate", kind: "text", longest: 255 },
      { key: "report_meter_serial", kind: "text", longest: 255 },
    ] },
  ],
  data: [
    { group: "keep", rows: [
      { key: "session_months", kind: "number", unit: "months", min: 0, max: 240, step: 1 },
      { key: "curve_months", kind: "number", unit: "months", min: 1, max: 120, step: 1 },
    ] },
  ],
  solar: [
    { group: "grid", rows: [
      { key: "grid_power_entity", kind: "text", longest: 255 },
      { key: "grid_power_inverted", kind: "switch" },
    ] },
  ],
  security: [
    { group: "tls", rows: [{ key: "rsa_ciphers", kind: "switch", warns: true }] },
    { group: "client", rows: [
      { key: "client_ca", kind: "text", longest: 255, warns: true },
      { key: "client_organization", kind: "text", longest: 255 },
    ] },
  ],
};
