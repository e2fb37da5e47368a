"use strict";
(() => {
  const said = document.getElementById("said");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function post(path, body) {
    const response = await fetch(path, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const told = await response.json();
    if (!response.ok) throw new Error(told.said);
    return told;
  }

  function known(list) {
    return (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  }

  function plain(credential, answer) {
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response: answer };
  }

  async function sign(options) {
    const made = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) },
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    return plain(made, {
      clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData),
      signature: text(signature), ...(userHandle ? { userHandle: text(userHandle) } : {}),
    });
  }

  async function create(options) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials),
      },
    });
    const { clientDataJSON, attestationObject } = made.response;
    return plain(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
  }

  function reason(error) {
    if (error.name === "NotAllowedError") return "The passkey did not answer, or nobody confirmed it. Nothing was done.";
    if (error.name === "InvalidStateError") return "This passkey is enrolled already.";
    return error.message;
  }

  const button = document.getElementById("passkey");
  button?.addEventListener("click", async () => {
    const form = document.getElementById("answer");
    if (form.dataset.sent || button.disabled) return;
    const seal = form.elements.seal.value;
    button.disabled = true;
    said.textContent = "Confirm with your passkey.";
    try {
      const { options } = await post(`${form.dataset.path}/challenge`, { seal });
      const credential = await sign(options);
      form.dataset.sent = "yes";
      await post(`${form.dataset.path}/passkey`, { seal, credential });
      location.reload();
    } catch (error) {
      delete form.dataset.sent;
      button.disabled = false;
      said.textContent = reason(error);
    }
  });

  const enrol = document.getElementById("enrol");
  enrol?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const seal = enrol.elements.seal.value;
    const press = enrol.querySelector("button");
    press.disabled = true;
    said.textContent = "Confirm on your device.";
    try {
      const { options } = await post(`${enrol.dataset.path}/begin`, { seal, code: enrol.elements.code.value });
      const told = await post(`${enrol.dataset.path}/end`, { seal, credential: await create(options) });
      enrol.remove();
      said.textContent = told.said;
    } catch (error) {
      press.disabled = false;
      said.textContent = reason(error);
    }
  });
})();
