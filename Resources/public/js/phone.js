// Asks the server, while a number is typed, what it would store. The server decides again when the form is sent.
export default function preview(field) {
  const output = document.getElementById(field.dataset.phonePreview);
  const region = () => field.form?.elements.land?.value ?? "";
  let asked = 0;
  let timer;

  const ask = async () => {
    const turn = ++asked;
    const query = new URLSearchParams({ nummer: field.value, land: region() });
    const answer = await fetch(`${field.dataset.phoneSource}?${query}`, { headers: { accept: "text/html" } });
    if (turn !== asked || !answer.ok) return;
    output.innerHTML = await answer.text();
    if (output.querySelector(".field__error")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), 200);
  };
  field.addEventListener("input", later);
  field.form?.addEventListener("change", (event) => event.target.name === "land" && later());
}
