// What every page needs at once, and the elements of this page, fetched when one of their tags is there.
import "./elements/net.js";
import "./elements/sheets.js";
import "./elements/toast-stack.js";
import "./elements/form-guard.js";
import "./elements/keys.js";

import { linkWorker } from "./lib/worker-link.js";

const WHEN_USED = {
  "auto-submit": () => import("./elements/auto-submit.js"),
  "combo-box": () => import("./elements/combo-box.js"),
  "connection-banner": () => import("./elements/connection-banner.js"),
  "copy-text": () => import("./elements/copy-text.js"),
  "device-facts": () => import("./elements/device-facts.js"),
  "install-help": () => import("./elements/install-help.js"),
  "menu-button": () => import("./elements/menu-button.js"),
  "offline-form": () => import("./elements/offline-form.js"),
  "offline-order": () => import("./elements/offline-order.js"),
  "outbox-badge": () => import("./elements/outbox-badge.js"),
  "outbox-list": () => import("./elements/outbox-list.js"),
  "money-input": () => import("./elements/number-inputs.js"),
  "number-stepper": () => import("./elements/number-inputs.js"),
  "order-lines": () => import("./elements/order-lines.js"),
  "photo-input": () => import("./elements/photo-input.js"),
  "position-stamp": () => import("./elements/position-stamp.js"),
  "prepare-day": () => import("./elements/prepare-day.js"),
  "push-keeper": () => import("./elements/push-keeper.js"),
  "push-opt-in": () => import("./elements/push-opt-in.js"),
  "saved-copy": () => import("./elements/saved-copy.js"),
  "select-rows": () => import("./elements/select-rows.js"),
  "sign-out-guard": () => import("./elements/sign-out-guard.js"),
  "signature-pad": () => import("./elements/signature-pad.js"),
  "tab-set": () => import("./elements/tab-set.js"),
  "theme-switch": () => import("./elements/theme-switch.js"),
  "update-banner": () => import("./elements/update-banner.js"),
  "visit-form": () => import("./elements/visit-form.js"),
};

function fetchUsed(root) {
  for (const [tag, load] of Object.entries(WHEN_USED)) {
    if (!customElements.get(tag) && root.querySelector(tag)) load();
  }
}

fetchUsed(document);
linkWorker();
document.addEventListener("htmx:after:swap", () => fetchUsed(document));
