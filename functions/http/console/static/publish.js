// The page of a publish that was just sent.

import { forgetTyped } from "./keep_typed.js";

const sent = document.querySelector("[data-forget]");
if (sent) forgetTyped(sent.dataset.forget);
