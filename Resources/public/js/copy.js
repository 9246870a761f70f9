// A button that copies the text of the element it names, line by line for a list. Hidden without script.
export default function copy(button) {
  if (!navigator.clipboard) return;
  const label = button.querySelector("span");
  const words = label.textContent;
  button.hidden = false;
  label.setAttribute("aria-live", "polite");

  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const items = [...source.querySelectorAll("li")];
    const text = items.length ? items.map((item) => item.textContent).join("\n") : source.textContent;
    await navigator.clipboard.writeText(text.trim());
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = words; }, 4000);
  });
}
