// Entry point. Everything here enhances pages that already work without it.
import "./theme.js";
import "./dialogs.js";
import "./toasts.js";

const modules = {
  "[data-phone-preview]": "./phone.js",
  "[data-clock]": "./clock.js",
  "[data-live]": "./live.js",
  "[data-passkey]": "./passkey.js",
  "[data-copy]": "./copy.js",
};

for (const [selector, file] of Object.entries(modules)) {
  const elements = document.querySelectorAll(selector);
  if (elements.length) import(file).then((m) => elements.forEach(m.default));
}

document.querySelector("[data-focus]")?.focus();
