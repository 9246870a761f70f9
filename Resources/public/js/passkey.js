// Passkeys. A form marked data-passkey="get" or "create" is hidden until this module finds that the browser knows
// passkeys. Before it is sent, the browser is asked with the options from data-source; its answer goes along as a field,
// so that what comes of it is a page like any other. All words come from the page.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// For browsers from before WebAuthn Level 3.
const named = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));
const creation = (options) => PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? {
  ...options,
  challenge: bytes(options.challenge),
  user: { ...options.user, id: bytes(options.user.id) },
  excludeCredentials: named(options.excludeCredentials),
};
const request = (options) => PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? {
  ...options,
  challenge: bytes(options.challenge),
  allowCredentials: named(options.allowCredentials),
};
const json = (credential) => {
  if (credential.toJSON) return credential.toJSON();
  const from = credential.response;
  const response = { clientDataJSON: text(from.clientDataJSON) };
  if (from.attestationObject) {
    response.attestationObject = text(from.attestationObject);
    response.transports = from.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(from.authenticatorData);
    response.signature = text(from.signature);
    if (from.userHandle?.byteLength) response.userHandle = text(from.userHandle);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
};

// The options, or null if the server leads elsewhere.
const ask = async (source) => {
  const answer = await fetch(source, { method: "POST", headers: { accept: "application/json" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") { location.reload(); return null; }
  const { publicKey, location: path, message } = await answer.json();
  if (path) {
    const target = new URL(path, location.origin);
    if (target.origin === location.origin) location.assign(target);
    return null;
  }
  if (!publicKey) throw Object.assign(new Error(), { said: message });
  return publicKey;
};

export default function passkey(form) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const creates = form.dataset.passkey === "create";
  const button = form.querySelector("[type=submit]");
  const problem = form.querySelector("[data-passkey-error]");
  form.hidden = false;
  const section = form.closest("[data-passkey-only]");
  if (section) section.hidden = false;
  const instead = document.getElementById(form.dataset.instead);
  if (instead) instead.hidden = true;

  const say = (words) => { problem.textContent = words; problem.hidden = !words; };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    say("");
    try {
      const options = await ask(form.dataset.source);
      if (!options) return;
      const credential = creates
        ? await navigator.credentials.create({ publicKey: creation(options) })
        : await navigator.credentials.get({ publicKey: request(options) });
      form.elements.antwort.value = JSON.stringify(json(credential));
      form.submit();
    } catch (error) {
      const { cancelled, failed, known } = form.dataset;
      const words = { NotAllowedError: cancelled, AbortError: cancelled, InvalidStateError: known };
      say(error.said ?? words[error.name] ?? failed);
      button.removeAttribute("aria-busy");
    }
  });
}
