// Verifies an event of the log in this browser: its hash, its path in the Merkle tree, and who
// signed the root. It trusts the keys that the person brings, and nothing that the server says.
(() => {
  const PINNED = "verifier-keys";
  const ED25519 = 1;
  const COSIGNATURE = 4;
  const text = new TextEncoder();

  class Refused extends Error {}

  const refuse = (reason) => {
    throw new Refused(reason);
  };

  const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const same = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

  // Base64 in its one spelling only, so that a changed bit is never overlooked.
  const fromBase64 = (encoded) => {
    let bytes = null;
    try {
      bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    } catch {
      refuse(`“${encoded.slice(0, 60)}” is not base64.`);
    }
    if (toBase64(bytes) !== encoded) refuse(`“${encoded.slice(0, 60)}” is not plain base64.`);
    return bytes;
  };

  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const leafHash = (bytes) => sha256(joined([0], bytes));
  const nodeHash = (left, right) => sha256(joined([1], left, right));

  // c2sp.org/signed-note: name+key id+base64(kind || public key)
  const parseKey = async (line) => {
    const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? [];
    if (!name) refuse(`“${line.slice(0, 80)}” is no verifier key.`);
    const raw = fromBase64(encoded);
    const expected = (await sha256(joined(text.encode(`${name}\n`), raw))).slice(0, 4);
    if (raw.length !== 33 || hex(expected) !== id) {
      refuse(`The key of ${name} does not have the id ${id}: a character is wrong.`);
    }
    return { name, id, kind: raw[0], bytes: raw.slice(1) };
  };

  // c2sp.org/tlog-proof: the index, hashes from the leaf up, an empty line, the checkpoint.
  const parseProof = (proof) => {
    const gap = proof.indexOf("\n\n");
    const [first, ...lines] = proof.slice(0, Math.max(gap, 0)).split("\n");
    if (lines[0]?.startsWith("extra ")) lines.shift();
    const index = /^index (0|[1-9]\d*)$/.exec(lines[0] ?? "")?.[1];
    if (first !== "c2sp.org/tlog-proof@v1" || index === undefined || lines.length > 64) {
      refuse("This is no .tlog-proof file.");
    }
    const path = lines.slice(1).map(fromBase64);
    return { index: BigInt(index), path, ...parseCheckpoint(proof.slice(gap + 2)) };
  };

  const parseCheckpoint = (note) => {
    const end = note.lastIndexOf("\n\n");
    const body = note.slice(0, end + 1);
    const [origin, size, root] = body.split("\n");
    if (end < 0 || !note.endsWith("\n") || !/^(0|[1-9]\d*)$/.test(size ?? "") || !root) {
      refuse("The proof holds no checkpoint.");
    }
    const signatures = note.slice(end + 2, -1).split("\n").map(parseSignature);
    return { body, origin, size: BigInt(size), root: fromBase64(root), signatures };
  };

  const parseSignature = (line) => {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    if (!name) refuse("A signature below the checkpoint cannot be read.");
    const raw = fromBase64(encoded);
    return { name, id: hex(raw.slice(0, 4)), value: raw.slice(4) };
  };

  // RFC 9162, section 2.1.3.2
  const rootFromPath = async ({ index, size, path }, leaf) => {
    if (index >= size) refuse(`Index ${index} does not lie below the size ${size}.`);
    let [node, last, found] = [index, size - 1n, leaf];
    for (const sibling of path) {
      if (last === 0n || sibling.length !== 32) refuse("The path is too long for this tree.");
      if (node & 1n || node === last) {
        found = await nodeHash(sibling, found);
        while (node && !(node & 1n)) [node, last] = [node >> 1n, last >> 1n];
      } else {
        found = await nodeHash(found, sibling);
      }
      [node, last] = [node >> 1n, last >> 1n];
    }
    if (last !== 0n) refuse("The path ends below the root.");
    return found;
  };

  const verifies = async (key, signature, message) => {
    let imported = null;
    try {
      imported = await crypto.subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
    } catch (error) {
      if (error.name !== "NotSupportedError") refuse(`The key of ${key.name} is none: ${error}`);
      refuse(
        "This browser cannot check Ed25519 signatures; Chrome 137, Firefox 129 and Safari 17 " +
          "can. What held above holds, but nobody's signature was checked.",
      );
    }
    return crypto.subtle.verify("Ed25519", imported, signature, text.encode(message));
  };

  const signed = (key, { value }, body) => {
    if (key.kind === ED25519) return { signature: value, message: body };
    const time = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0);
    return { signature: value.slice(8), message: `cosignature/v1\ntime ${time}\n${body}`, time };
  };

  // Says who of the trusted keys signed, the log's own first; a bad signature of one is an end.
  const checkSigners = async (proof, keys) => {
    const found = [];
    for (const signature of proof.signatures) {
      const key = keys.find((each) => each.name === signature.name && each.id === signature.id);
      if (!key || ![ED25519, COSIGNATURE].includes(key.kind)) continue;
      const { signature: value, message, time } = signed(key, signature, proof.body);
      if (!(await verifies(key, value, message))) {
        refuse(`The signature of ${key.name} does not fit this checkpoint.`);
      }
      found.push({ key, time });
    }
    return found;
  };

  // Yields one sentence for each step that held; throws Refused with the step that did not.
  async function* steps({ event, proof: proofText, keys: keyText, id }) {
    const keys = [];
    for (const line of keyText.split("\n").map((each) => each.trim()).filter(Boolean)) {
      keys.push(await parseKey(line));
    }
    if (!keys.length) refuse("Give at least the verifier key of the log.");
    const said = describe(event);
    if (id && said.id !== id) refuse(`This is event ${said.id}, not the one that was asked for.`);
    yield `The event is ${said.id}, ${said.type}, recorded ${said.recordedtime}.`;
    const leaf = await leafHash(event);
    yield `Its ${event.length.toLocaleString("en")} bytes have the leaf hash ${toBase64(leaf)}.`;
    const proof = parseProof(proofText);
    const root = await rootFromPath(proof, leaf);
    if (!same(root, proof.root)) {
      refuse(
        `From this event the path leads to the root ${toBase64(root)}, and the checkpoint says ` +
          `${toBase64(proof.root)}: the event or the proof was changed.`,
      );
    }
    yield `${proof.path.length} hashes lead from position ${proof.index} to the root of the first ` +
      `${proof.size.toLocaleString("en")} events.`;
    const signers = await checkSigners(proof, keys);
    if (!signers.some(({ key }) => key.kind === ED25519 && key.name === proof.origin)) {
      refuse(`No key that you gave signed this checkpoint as the log ${proof.origin}.`);
    }
    yield `The log ${proof.origin} signed that root with a key that you gave.`;
    for (const { key, time } of signers.filter((each) => each.key.kind === COSIGNATURE)) {
      yield `The witness ${key.name} saw it at ${new Date(Number(time) * 1000).toISOString()}.`;
    }
  }

  const describe = (bytes) => {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      return refuse("These bytes are no event.");
    }
  };

  const fetched = async (address, what) => {
    const answer = await fetch(address);
    if (answer.status === 503) refuse((await answer.text()).trim());
    if (!answer.ok) refuse(`The server gave no ${what} (${answer.status}).`);
    return new Uint8Array(await answer.arrayBuffer());
  };

  const chosen = async (form) => {
    const fields = form.elements;
    const files = [fields.event_file?.files[0], fields.proof_file?.files[0]];
    if (files.some(Boolean)) {
      if (!files.every(Boolean)) refuse("Choose both files: the event and its proof.");
      const [event, proof] = await Promise.all(files.map((file) => file.arrayBuffer()));
      return { event: new Uint8Array(event), proof: new TextDecoder().decode(proof) };
    }
    const id = (form.dataset.event ?? fields.event.value).trim().toLowerCase();
    if (!/^[0-9a-f-]{36}$/.test(id)) refuse("Give an event's id, or choose two files.");
    const folder = `/log/events/${id}/`;
    const event = await fetched(`${folder}bytes/`, "event of this id");
    const proof = new TextDecoder().decode(await fetched(`${folder}proof/`, "proof"));
    return { event, proof, id };
  };

  const say = (list, words, state) => {
    const line = document.createElement("li");
    line.className = state;
    line.textContent = words;
    list.append(line);
  };

  const run = async (form) => {
    const outcome = form.querySelector("[data-outcome]");
    const list = document.createElement("ol");
    list.className = "checks";
    outcome.replaceChildren(list);
    try {
      if (!globalThis.crypto?.subtle) {
        refuse("Browsers do cryptography only on pages from https or from localhost.");
      }
      const evidence = { ...(await chosen(form)), keys: form.elements.keys.value };
      for await (const words of steps(evidence)) say(list, words, "held");
      say(list, "Verified: this event is in the log, exactly as it is here.", "verdict held");
    } catch (error) {
      const reason = error instanceof Refused ? error.message : `The check broke off: ${error}`;
      say(list, reason, "failed");
      say(list, "Not verified.", "verdict failed");
    }
  };

  const pin = (form) => {
    if (form.elements.pin.checked) localStorage.setItem(PINNED, form.elements.keys.value);
    else localStorage.removeItem(PINNED);
  };

  document.querySelectorAll("[data-verify]").forEach((form) => {
    const pinned = localStorage.getItem(PINNED);
    form.elements.keys.value = pinned ?? "";
    form.elements.pin.checked = pinned !== null;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      pin(form);
      run(form);
    });
  });
})();
