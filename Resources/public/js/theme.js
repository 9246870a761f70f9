// System, light or dark. The form works by itself; this spares the round trip and the submit button.
const root = document.documentElement;

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("change", () => {
    const choice = new FormData(form).get("theme");
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  });
}
