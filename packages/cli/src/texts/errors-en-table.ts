import type { ErrorTexts } from "./error-text.ts";

/** Code to cause and next step; a star for the layer serves every layer. */
export const englishErrors: ErrorTexts = {
  "*/limit": {
    message: "A unit is larger than allowed: {detail}",
    next: "Read less at once.",
  },
  "*/malformed": {
    message: "The meter sent octets that do not decode: {detail}",
    next: "A session tries again by itself; with lectura decode, look at the octets around that place.",
  },
  "*/parameters": {
    message: "The meter's link parameters do not decode: {detail}",
    next: "Try --quirk noSnrmParameters.",
  },
  "acse/already-associated": {
    message: "The meter says an association is still open ({detail}).",
    next: "Wait for the meter's inactivity time (often 120 to 180 s); it will be tried again by itself.",
  },
  "acse/authentication-failed": {
    message: "The meter rejected the password or the keys ({detail}).",
    next: "Check password or keys and client SAP, then: lectura meter edit NAME --password-stdin (or --guek, --gak). It is not tried again by itself, so that the meter does not lock.",
  },
  "acse/authentication-required": {
    message: "The meter wants another authentication ({detail}).",
    next: "Choose --auth lls with a password or --auth hls-... with what it needs, or a client SAP that needs none (16).",
  },
  "acse/context-not-supported": {
    message: "The meter does not support this application context ({detail}).",
    next: "Check whether the meter expects ciphering (--protection both with its keys) or short names for this client SAP.",
  },
  "acse/initiate-refused": {
    message: "The meter refused the initiate request ({detail}).",
    next: "Check client SAP and proposed conformance; the meter's manual names them.",
  },
  "acse/mechanism-not-supported": {
    message: "The meter does not know this authentication mechanism ({detail}).",
    next: "Choose another one with --auth.",
  },
  "acse/no-answer": {
    message: "The link is open but the meter does not answer the association request.",
    next: "Check client SAP; a wrong one is often met with silence.",
  },
  "acse/rejected": {
    message: "The meter rejected the association ({detail}).",
    next: "Check client SAP, authentication and password.",
  },
  "acse/rejected-transient": {
    message: "The meter rejected the association for now ({detail}).",
    next: "It will be tried again by itself.",
  },
  "acse/unexpected": {
    message: "The meter answered the association with something else ({detail}).",
    next: "Run: lectura test HOST:PORT, and keep its output for a report.",
  },
  "api/bad-request": {
    message: "The request is not valid ({detail}).",
    next: "Correct it and send it again.",
  },
  "api/cannot-listen": {
    message: "The API cannot listen ({detail}).",
    next: "Choose another port with --api-port.",
  },
  "api/forbidden-host": {
    message: "The API answers on loopback names only ({detail}).",
    next: "Use 127.0.0.1 or localhost in the URL.",
  },
  "api/invalid": {
    message: "The request is not valid ({detail}).",
    next: "Correct it and send it again.",
  },
  "api/not-found": {
    message: "There is nothing at that address ({detail}).",
    next: "Check the path; resources are under /api/v1.",
  },
  "api/port-taken": {
    message: "Port {port} is taken.",
    next: "Choose another with --api-port, or 0 for a free one.",
  },
  "api/refused": {
    message: "The gateway refused the request ({detail}).",
    next: "Check the request; GET /api/v1/openapi.json says what is accepted.",
  },
  "api/too-many-streams": {
    message: "Too many clients follow the live stream.",
    next: "Close one of them and try again.",
  },
  "api/unauthorized": {
    message: "The API key is missing or wrong.",
    next: "Pass --api-key, or run the command on the gateway's own data directory.",
  },
  "api/unreachable": {
    message: "No gateway answers there ({detail}).",
    next: "Start it with: lectura run, or check --api-url.",
  },
  "cli/interrupted": {
    message: "Interrupted.",
    next: "Run it again when you like.",
  },
  "cli/not-running": {
    message: "No gateway runs on this data directory.",
    next: "Start one with: lectura run, or name one with --api-url.",
  },
  "cli/unexpected": {
    message: "Something unexpected went wrong: {detail}",
    next: "Run it again; if it comes back, report it with these words.",
  },
  "decode/bad-question": {
    message: "The question cannot be answered: {detail}",
    next: "Give what is missing with --key NAME=HEX or --keys-file.",
  },
  "decode/no-packets": {
    message: "The captured packets hold nothing to or from port {port}.",
    next: "Say which port the meter or converter has with --port.",
  },
  "decode/not-hex": {
    message: "That is not an even number of hexadecimal digits.",
    next: "Give octets like 7EA00703..., blanks are fine.",
  },
  "encode/bad-tree": {
    message: "No octets say this ({layer}): {detail}",
    next: "Begin with what lectura decode --json prints, and change values only.",
  },
  "encode/not-json": {
    message: "That is not JSON.",
    next: "Give what lectura decode --json prints: one document, or one in each line.",
  },
  "hdlc/disconnected": {
    message: "The meter says the link is closed (DM).",
    next: "It is opened again by itself.",
  },
  "hdlc/flooded": {
    message: "The line sends more than a meter can ({detail}).",
    next: "Check that nothing but the meter is behind this endpoint.",
  },
  "hdlc/frame-rejected": {
    message: "The meter rejected a frame ({detail}).",
    next: "The link is opened again by itself; if it comes back, keep the output of lectura test for a report.",
  },
  "hdlc/limit": {
    message: "A unit from the meter is longer than allowed ({detail}).",
    next: "Read less at once.",
  },
  "hdlc/no-answer": {
    message: "Nothing answers at this HDLC address ({detail}).",
    next: "Check --server-upper, --server-lower and --address-size; on RS-485 also A/B, baud rate and that no other client is connected.",
  },
  "hdlc/refused": {
    message: "The meter refuses the link (DM).",
    next: "It will be tried again by itself; another client may hold it.",
  },
  "hdlc/request-timeout": {
    message: "The meter did not answer in time ({detail}).",
    next: "It is tried again by itself; on slow lines raise the line's --timeout.",
  },
  "hdlc/sequence": {
    message: "Frames of the meter are missing ({detail}).",
    next: "The link is opened again by itself.",
  },
  "iec62056-21/checksum": {
    message: "The readout came damaged, each time ({detail}).",
    next: "Check the head's seat on the meter and the cable; a lower baud rate helps on bad lines.",
  },
  "iec62056-21/limit": {
    message: "The readout is longer than the limit ({detail}).",
    next: "Raise the limit, or have the meter's list shortened.",
  },
  "iec62056-21/no-answer": {
    message: "The meter does not answer the optical sign-on ({detail}).",
    next: "Check the head, its baud rate (300, 7E1) and the device address; without mode E try HDLC directly.",
  },
  "iec62056-21/no-mode-e": {
    message: "The meter offers no HDLC after the optical sign-on ({detail}).",
    next: "Try HDLC directly at 9600 Bd, or read this meter at another interface.",
  },
  "line/busy": {
    message: "The converter says another client holds the port ({detail}).",
    next: "Close the other client, or wait until the converter lets go of it; see lectura status for lines of this gateway.",
  },
  "line/held": {
    message: "This gateway itself holds the line.",
    next: "Ask through it: lectura read METER, or pause the line first.",
  },
  "line/idle-closed": {
    message: "The converter closed the idle connection ({detail}).",
    next: "It is opened again by itself; a shorter reading interval keeps it open.",
  },
  "line/not-dialled-in": {
    message: "No meter has dialled in for line {name} ({endpoint}).",
    next: "It is read as soon as it calls; check its modem, the port it calls, and by what it is known.",
  },
  "line/not-dlms": {
    message: "What answers there does not speak DLMS ({detail}).",
    next: "Check host and port; a web server or another protocol is listening.",
  },
  "line/paused": {
    message: "The line is paused.",
    next: "Resume it with: lectura line resume NAME",
  },
  "line/queue-full": {
    message: "Too much waits for this line.",
    next: "Wait, or lengthen the reading intervals of its meters.",
  },
  "line/silent": {
    message: "Connected, but not one octet comes back ({detail}).",
    next: "Check the address; many converters serve one client only and leave a second one in silence.",
  },
  "line/stopped": {
    message: "The line is being closed.",
    next: "Ask again in a moment.",
  },
  "line/tls-file": {
    message: "{file} of the line's TLS cannot be read: {problem}.",
    next: "Check path and permissions: lectura line edit NAME --tcp HOST:PORT --ca FILE",
  },
  "line/waiting": {
    message: "The line failed a moment ago and waits before the next attempt ({detail}).",
    next: "It is tried again by itself.",
  },
  "meter/backing-off": {
    message: "The meter failed before and waits for its next attempt ({detail}).",
    next: "It is tried again by itself; lectura meter restart NAME tries at once.",
  },
  "meter/counter-contended": {
    message: "Another process is sending under the same key ({detail}).",
    next: "It is tried again by itself.",
  },
  "meter/counter-implausible": {
    message: "The meter names an invocation counter far ahead of the one known: {counter}.",
    next: "Check that this is the meter it should be; if it is, set it: lectura meter edit NAME --counter {counter}",
  },
  "meter/counter-unknown": {
    message:
      "The invocation counter of {name} is not known, and the meter does not tell it to the public client.",
    next: "Give the first one to use: lectura meter edit NAME --counter N; or name another object or client: --counter-object OBIS --public-sap SAP",
  },
  "meter/credential-held": {
    message: "The meter rejected its credential; it is not sent again by itself.",
    next: "Correct it: lectura meter edit NAME --password-stdin (or --guek, --gak), then: lectura meter resume NAME",
  },
  "meter/image-refused": {
    message: "The meter stopped the image transfer at the step {step}: {reason}.",
    next: "Check image, --id, client SAP and rights; the meter's manual says what it takes.",
  },
  "meter/password-missing": {
    message: "A password is needed and none is stored.",
    next: "Store it: lectura meter edit NAME --password-stdin",
  },
  "meter/refused": {
    message: "The meter refuses {what}: {reason}.",
    next: "Check that it has the object (lectura objects), and that this client SAP has the right (--client-sap, --auth).",
  },
  "mqtt/bad-credentials": {
    message: "The broker rejected user name or password.",
    next: "Correct them: lectura sink edit NAME --username U --password-stdin",
  },
  "mqtt/closed": {
    message: "The broker closed the connection.",
    next: "It is opened again by itself; the readings wait in the outbox.",
  },
  "mqtt/keepalive": {
    message: "The broker stopped answering.",
    next: "The connection is opened again by itself; see the network between the two.",
  },
  "mqtt/no-ack": {
    message: "The broker did not acknowledge a message within 10 seconds.",
    next: "It is sent again by itself; see whether the broker is overloaded.",
  },
  "mqtt/not-authorised": {
    message: "The broker does not let this client in.",
    next: "Check user name, password or device token.",
  },
  "mqtt/not-connected": {
    message: "There is no connection to the broker at this moment.",
    next: "It is opened again by itself; the readings wait in the outbox.",
  },
  "mqtt/packet-too-large": {
    message: "A message is longer than the broker accepts.",
    next: "Raise the broker's limit, or read fewer values at once.",
  },
  "mqtt/port-taken": {
    message: "Port {port} is taken; the embedded broker cannot use it.",
    next: "Choose another with --mqtt-port (0 = free), or use your broker with --mqtt-url.",
  },
  "mqtt/qos-not-supported": {
    message: "The broker grants no QoS 1, so it can never acknowledge.",
    next: "Allow QoS 1 in the broker's settings.",
  },
  "mqtt/refused": {
    message: "The broker refused the connection.",
    next: "See the broker's log; the client identifier may not be allowed.",
  },
  "mqtt/server-unavailable": {
    message: "The broker is there and takes no clients at this moment.",
    next: "It is tried again by itself.",
  },
  "mqtt/taken-over": {
    message: "Another client uses the same identity and pushes this one out.",
    next: "Stop the other client, or give each its own device token or client identifier.",
  },
  "mqtt/tls": {
    message: "The TLS handshake with the broker failed.",
    next: "Check the URL's host name and the authority, certificate and key files of the sink.",
  },
  "mqtt/unreachable": {
    message: "The broker cannot be reached.",
    next: "Check host, port and TLS of the URL (mqtt:// or mqtts://), and the network.",
  },
  "mqtt/window-full": {
    message: "Too many messages wait for the broker's acknowledgement.",
    next: "They are sent by themselves as acknowledgements come.",
  },
  "registry/address-taken": {
    message: "Meter {meter} already has address {upper}/{lower} on line {line}.",
    next: "Give another --server-lower, or edit that meter.",
  },
  "registry/bad-file": {
    message: "{file}, line {line}: {problem}",
    next: "Correct the file and import it again.",
  },
  "registry/bad-name": {
    message:
      "{name} is no name: letters, digits, dot, underscore, hyphen and blank, 1 to 64 of them.",
    next: "Choose another name.",
  },
  "registry/duplicate-key": {
    message: "The plan names {key} twice.",
    next: "Name each key once.",
  },
  "registry/endpoint-conflict": {
    message: "Line {line} at {endpoint} has another {setting}.",
    next: "Change the line (lectura line edit {line}), or name it without saying how: --line {line}",
  },
  "registry/endpoint-taken": {
    message: "Line {line} already has the endpoint {endpoint}.",
    next: "Use that line: --line {line}",
  },
  "registry/framing-conflict": {
    message: "Line {line} speaks {framing} at {endpoint}, not {wanted}.",
    next: "One endpoint has one framing: edit the line, or leave --framing out.",
  },
  "registry/import-refused": {
    message: "{failed} of {rows} rows are bad; nothing was imported.",
    next: "Correct them, or import the good ones with --partial.",
  },
  "registry/invalid": {
    message: "{field}: {problem}",
    next: "Correct it and try again.",
  },
  "registry/line-in-use": {
    message: "Line {line} still carries {meters} meters.",
    next: "Remove or move its meters first.",
  },
  "registry/name-taken": {
    message: "There already is a {kind} named {name}.",
    next: "Choose another name, or edit that one.",
  },
  "registry/no-such-line": {
    message: "There is no line {name}. {nearest}",
    next: "See: lectura line list",
  },
  "registry/no-such-meter": {
    message: "There is no meter {name}. {nearest}",
    next: "See: lectura meter list",
  },
  "registry/no-such-sink": {
    message: "There is no sink {name}. {nearest}",
    next: "See: lectura sink list",
  },
  "registry/no-such-template": {
    message: "There is no template {name}. {nearest}",
    next: "Leave --template out, or use one of these: microstar, generic-three-phase",
  },
  "registry/template-built-in": {
    message: "Template {name} comes with Lectura and cannot be changed.",
    next: "Add one of your own under another name.",
  },
  "registry/template-in-use": {
    message: "Template {name} is used by {meters} meters.",
    next: "Edit those meters first.",
  },
  "registry/unknown-key": {
    message: "The catalogue has no key {key}. Near: {nearest}",
    next: "Use one of these, or an OBIS code: [CLASS:]OBIS[:ATTRIBUTE]",
  },
  "security/challenge-length": {
    message: "A challenge has {min} to {max} octets, not {octets}.",
    next: "Give another length, or none.",
  },
  "security/counter-absent": {
    message: "{use} needs an invocation counter.",
    next: "Say where it begins: --counter N, or --counter read to ask the meter.",
  },
  "security/counter-exhausted": {
    message: "The invocation counter of a key is used up.",
    next: "Change the key in the meter and here.",
  },
  "security/key-absent": {
    message: "{use} needs the {key} key, and none is there.",
    next: "Give it from a variable or a file: --guek env:VARIABLE (unicast), --gak env:VARIABLE (authentication).",
  },
  "security/key-change-impossible": {
    message: "A key change needs what is missing or wrong: {key}.",
    next: "Store it, then try again. Nothing was sent.",
  },
  "security/key-change-pending": {
    message: "An earlier key change is not settled yet.",
    next: "Settle it first: open the association again, new keys before old ones.",
  },
  "security/key-change-refused": {
    message: "The meter refuses the key change ({result}).",
    next: "Nothing has changed. Check the master key and the rights of this client.",
  },
  "security/key-change-unresolved": {
    message: "The meter takes neither the new keys nor the old ones.",
    next: "Both are kept. Check system titles and counters, or set the keys at the meter.",
  },
  "security/key-length": {
    message: "The {key} key has {octets} octets; suite {suite} takes {wanted}.",
    next: "Check the key, or choose the suite with --suite.",
  },
  "security/key-missing": {
    message: "A key is missing ({detail}).",
    next: "Store it, then try again.",
  },
  "security/mechanism-suite": {
    message: "{mechanism} does not exist in security suite {suite}.",
    next: "Choose --suite 1 or --suite 2.",
  },
  "security/not-ciphered": {
    message: "{setting} says how to cipher, but nothing is ciphered.",
    next: "Choose a protection, e.g. --protection both, or leave it out.",
  },
  "security/policy": {
    message: "The meter's answer is less protected than agreed ({detail}).",
    next: "Nothing of it was used. Check the security policy of this client.",
  },
  "security/replay": {
    message: "An invocation counter was used before ({detail}).",
    next: "Nothing was taken over. The gateway asks the meter for its counter and goes on by itself; on the command line use --counter read.",
  },
  "security/secret-absent": {
    message: "{mechanism} needs a password or secret, and none is there.",
    next: "Give it: --password-stdin or --password-env VARIABLE",
  },
  "security/secret-length": {
    message: "The secret of hls-manufacturer has {octets} octets, at most {max} are possible.",
    next: "Check the secret.",
  },
  "security/tag": {
    message: "Keys do not fit: an authentication tag is wrong ({detail}).",
    next: "Check encryption key (GUEK), authentication key (GAK), suite and system titles, then: lectura meter edit NAME --guek env:VARIABLE --gak env:VARIABLE. It is not tried again by itself, so that the meter does not lock.",
  },
  "security/title-absent": {
    message: "{use} needs the system title of the {title}.",
    next: "Give it: --client-title HEX (16 digits).",
  },
  "security/title-length": {
    message: "The system title of the {title} has {octets} octets; it must have 8.",
    next: "Give 16 hexadecimal digits.",
  },
  "security/window-full": {
    message: "Too many ciphered transactions are remembered to take one more ({detail}).",
    next: "Wait until old ones have passed, or open the association again.",
  },
  "serial/busy": {
    message: "The serial port is held by another program ({detail}).",
    next: "End the other program, or wait for it; one program at a time has the line.",
  },
  "serial/closed": {
    message: "The serial port is gone ({detail}).",
    next: "Check the adapter and its cable; the port is opened again by itself.",
  },
  "serial/failed": {
    message: "The serial port failed ({detail}).",
    next: "Check the adapter and its driver.",
  },
  "serial/flooded": {
    message: "More is being sent than the serial line takes ({detail}).",
    next: "Raise the baud rate, or ask for less; the port is opened again by itself.",
  },
  "serial/module-missing": {
    message: "Serial ports need the package serialport, which does not load ({detail}).",
    next: "Install it: npm install serialport",
  },
  "serial/not-found": {
    message: "There is no such serial port ({detail}).",
    next: "Check the path, and that the adapter is plugged in; /dev/serial/by-id has names that stay.",
  },
  "serial/not-permitted": {
    message: "The system does not permit this serial port ({detail}).",
    next: "Add this user to the group that owns the port (Debian: dialout).",
  },
  "serial/settings-refused": {
    message: "The serial port does not take these settings ({detail}).",
    next: "Choose a baud rate and a format that the adapter supports.",
  },
  "session/closed": {
    message: "The session is closed ({detail}).",
    next: "It is opened again by itself.",
  },
  "session/no-short-name": {
    message: "This meter speaks short names, and one is not known ({detail}).",
    next: "Check that the client SAP may read the meter's object list (FA08); give the short name itself otherwise.",
  },
  "session/queue-full": {
    message: "Too many requests wait for this meter.",
    next: "Ask again in a moment.",
  },
  "session/requests-exhausted": {
    message: "The association has had the number of requests it is allowed ({detail}).",
    next: "It is opened again by itself.",
  },
  "settings/invalid": {
    message: "{file}, line {line}: {path}: {problem} {nearest}",
    next: "Correct the line; lectura config check shows them all.",
  },
  "settings/unreadable": {
    message: "{file} cannot be read: {problem}",
    next: "Check that the file exists and may be read.",
  },
  "simulator/file-format": {
    message: "This is no file of a meter: {where} {problem}.",
    next: "Write one with lectura --json objects --values, or record one with --record.",
  },
  "simulator/file-invalid": {
    message: "The file of the meter is wrong at {where}: {problem}.",
    next: "Correct that place; the simulator's README has the format.",
  },
  "simulator/file-secret": {
    message: "The file of the meter holds a secret at {where}: {problem}.",
    next: "Take it out: the simulator has test keys and passwords of its own.",
  },
  "simulator/host-unknown": {
    message: "The host to listen on is unknown ({detail}).",
    next: "Use 127.0.0.1.",
  },
  "simulator/port-not-permitted": {
    message: "The system does not permit this port ({detail}).",
    next: "Choose a port above 1023.",
  },
  "simulator/port-taken": {
    message: "Port {port} is taken.",
    next: "Choose another --port, or 0 for free ones.",
  },
  "sink/invalid": {
    message: "The sink cannot be used as it is set.",
    next: "Correct it: lectura sink edit NAME",
  },
  "sink/no-such-meter": {
    message: "The meter was removed before its readings were delivered.",
    next: "They lie in the sink's dead letters.",
  },
  "store/busy": {
    message: "The database {path} is busy.",
    next: "Try again in a moment.",
  },
  "store/cannot-open": {
    message: "The database {path} cannot be opened: {problem}",
    next: "Check the directory and its rights, or choose another with --data-dir.",
  },
  "store/closed": {
    message: "The store is closed.",
    next: "Ask again when the gateway runs.",
  },
  "store/corrupt": {
    message: "The database {path} is damaged: {problem}",
    next: "Nothing was deleted. Move the file away and put your last copy in its place.",
  },
  "store/disk-full": {
    message: "The disk of {path} is full; nothing stored is lost.",
    next: "Make room; reading goes on by itself.",
  },
  "store/failed": {
    message: "The storage thread ended: {problem}",
    next: "Start the gateway again; what was committed is on disk.",
  },
  "store/io": {
    message: "Writing {path} failed: {problem}",
    next: "Check the disk; it is tried again by itself.",
  },
  "store/locked": {
    message: "Another gateway uses {path} (process {pid}).",
    next: "Stop it first, or choose another directory with --data-dir.",
  },
  "store/newer": {
    message:
      "The database {path} was written by a newer Lectura (schema {found}, this one knows {known}).",
    next: "Use that version, or another data directory.",
  },
  "store/outbox-full": {
    message: "The outbox of a sink is full ({limit}).",
    next: "Mend the sink or remove it; reading waits meanwhile.",
  },
  "store/overloaded": {
    message: "More readings come than the disk takes ({limit}).",
    next: "Lengthen intervals, or use a faster disk.",
  },
  "store/read-only": {
    message: "{path} cannot be written.",
    next: "Make the data directory writable, or choose another with --data-dir.",
  },
  "tcp/address-in-use": {
    message: "The local address is in use ({detail}).",
    next: "Choose another port.",
  },
  "tcp/closed": {
    message: "The other side closed the connection ({detail}).",
    next: "It is opened again by itself; a converter that closes at once often has another client.",
  },
  "tcp/dns-failed": {
    message: "The host name has no address ({detail}).",
    next: "Check the name, or give an IP address.",
  },
  "tcp/failed": {
    message: "The connection failed ({detail}).",
    next: "Check host, port and network.",
  },
  "tcp/flooded": {
    message: "More is being sent than the other side takes ({detail}).",
    next: "The connection is opened again by itself.",
  },
  "tcp/not-permitted": {
    message: "The system does not permit this connection ({detail}).",
    next: "Check the firewall and the rights of this user.",
  },
  "tcp/refused": {
    message: "Nothing listens there ({detail}).",
    next: "Check host and port, and that the meter or converter is on.",
  },
  "tcp/reset": {
    message: "The other side reset the connection ({detail}).",
    next: "It is opened again by itself.",
  },
  "tcp/timeout": {
    message: "The host does not answer ({detail}).",
    next: "Check address, network and firewall.",
  },
  "tcp/tls-failed": {
    message: "TLS could not be set up ({detail}).",
    next: "Check certificate and authority.",
  },
  "tcp/unreachable": {
    message: "The host cannot be reached ({detail}).",
    next: "Check address and network.",
  },
  "thingsboard/no-token": {
    message: "The meter has no ThingsBoard device token.",
    next: "Store it: lectura meter edit NAME --tb-token-stdin",
  },
  "usage/choice": {
    message: "{name} cannot be {text}.",
    next: "Choose one of: {choices}",
  },
  "usage/column": {
    message: "The profile has no column {text}.",
    next: "Choose among: {choices}",
  },
  "usage/confirmation": {
    message: "This changes the meter, and there is no terminal to ask you.",
    next: "If you are sure, give --yes.",
  },
  "usage/counter-unknown": {
    message: "The meter does not tell its invocation counter to the public client.",
    next: "Give the first one to use: --counter N; or name another object or client: --counter-object OBIS --public-sap SAP",
  },
  "usage/duration": {
    message: "{text} is no time span.",
    next: "Write it like 500ms, 2s, 15m or 1h.",
  },
  "usage/endpoint": {
    message: "{text} is no endpoint.",
    next: "Write it as HOST:PORT, e.g. 192.0.2.10:4059",
  },
  "usage/endpoint-missing": {
    message: "No meter is named.",
    next: "Give --tcp HOST:PORT, --udp HOST:PORT or --serial PORT.",
  },
  "usage/file": {
    message: "{file} cannot be used.",
    next: "Check the path and the rights of the file.",
  },
  "usage/fleet": {
    message: "The meters cannot be simulated so: {problem}.",
    next: "See lectura simulate --help.",
  },
  "usage/key": {
    message: "{text} is neither a key of the catalogue nor an OBIS code.",
    next: "Write a key like voltage_l1, or [CLASS:]OBIS[:ATTRIBUTE] like 1-0:1.8.0",
  },
  "usage/key-hex": {
    message: "The key for {name} is not hexadecimal.",
    next: "Write it with two digits an octet: 16 octets in suites 0 and 1, 32 in suite 2.",
  },
  "usage/key-option": {
    message: "--key wants NAME=env:VARIABLE or NAME=HEX.",
    next: "Put the key into an environment variable and name it.",
  },
  "usage/key-source": {
    message: "{name} names where the key is, not the key.",
    next: "Use env:VARIABLE, file:PATH or prompt. A key on the command line could be seen by others.",
  },
  "usage/missing": {
    message: "{name} is missing.",
    next: "See --help of the command.",
  },
  "usage/no-terminal": {
    message: "There is no terminal to type {name} into.",
    next: "Use env:VARIABLE or file:PATH.",
  },
  "usage/nothing-to-read": {
    message: "There is nothing to read.",
    next: "Name keys or OBIS codes, e.g. voltage_l1",
  },
  "usage/number": {
    message: "{name} is {text}, not a whole number from {min} to {max}.",
    next: "Give a number in that range.",
  },
  "usage/one-endpoint": {
    message: "More than one endpoint is given.",
    next: "Choose one of --tcp, --udp and --serial.",
  },
  "usage/one-of": {
    message: "Only one of {names} can be given.",
    next: "Choose one.",
  },
  "usage/password-missing": {
    message: "LLS needs a password.",
    next: "Give it with --password-env VARIABLE or --password-stdin.",
  },
  "usage/profile-no-clock": {
    message: "The profile {name} captures no clock: it cannot be read by time.",
    next: "Use --last N.",
  },
  "usage/profile-no-period": {
    message:
      "The meter does not give the newest rows of {name}, and its capture period is not known.",
    next: "Name the time: --from 30d",
  },
  "usage/range": {
    message: "{name} {text} is no range.",
    next: "Write the first and the last, e.g. 16-115; the first is not above the last.",
  },
  "usage/sender": {
    message: "--sender {text} does not say a title and where its keys are.",
    next: "Write TITLE:guek=env:NAME,gak=file:PATH with a title of 16 hex digits.",
  },
  "usage/serial": {
    message: "{text} is no serial port.",
    next: "Give its path, e.g. /dev/ttyUSB0, with ?baud=, data=, parity=, stop= or rs485= behind it.",
  },
  "usage/time": {
    message: "{text} is no time.",
    next: "Write it like 2026-01-31T00:00:00Z.",
  },
  "usage/title": {
    message: "{name} {text} is no system title.",
    next: "Give 16 hexadecimal digits, e.g. 4C45430000000001.",
  },
  "usage/two-from-input": {
    message: "Standard input can hold only one secret.",
    next: "Give the other one by an environment variable.",
  },
  "usage/variable": {
    message: "The environment variable {name} is not set.",
    next: "Set it and run the command again.",
  },
  "usage/words": {
    message: "{problem}",
    next: "See: lectura --help",
  },
  "vault/key-malformed": {
    message: "The key file {path} is not one of ours.",
    next: "Put back the right one; without it stored passwords cannot be opened.",
  },
  "vault/key-missing": {
    message: "The key file {path} is missing, but secrets are stored.",
    next: "Put it back, or store the passwords again.",
  },
  "vault/key-permissions": {
    message: "The key file {path} can be read by others (mode {mode}).",
    next: "Run: chmod 600 {path}",
  },
  "vault/key-unreadable": {
    message: "The key file {path} cannot be read: {problem}",
    next: "Check its owner and rights.",
  },
  "vault/tampered": {
    message: "A stored secret does not open ({owner}, {field}).",
    next: "Store it again.",
  },
  "vault/too-long": {
    message: "A secret has more than {limit} octets.",
    next: "Give a shorter one.",
  },
  "wrapper/no-answer": {
    message: "Nothing answers to the wrapper unit ({detail}).",
    next: "Check client SAP and server address, or try --framing hdlc.",
  },
  "xdlms/block": {
    message: "A block of a long value is missing or wrong ({detail}).",
    next: "It is read again by itself.",
  },
  "xdlms/exception": {
    message: "The meter answered with an exception ({detail}).",
    next: "The association is opened again by itself.",
  },
  "xdlms/invoke-id": {
    message: "The answer belongs to another request ({detail}).",
    next: "If this meter always answers with invoke-id 1: lectura meter edit NAME --quirk invokeIdAlwaysOne",
  },
  "xdlms/limit": {
    message: "A value is longer than allowed ({detail}).",
    next: "Read less at once.",
  },
  "xdlms/long-get-interrupted": {
    message: "A long value stopped arriving in its middle ({detail}).",
    next: "It is tried again by itself; if it comes back, read less at once.",
  },
  "xdlms/no-answer": {
    message: "The meter did not answer the request ({detail}).",
    next: "It is tried again by itself.",
  },
  "xdlms/pdu-too-long": {
    message: "The request does not fit the meter's PDU size ({detail}).",
    next: "Read fewer values at once.",
  },
  "xdlms/service-not-supported": {
    message: "The meter does not offer this service ({detail}).",
    next: "It will not be asked again for now.",
  },
  "xdlms/unexpected": {
    message: "The meter answered something else ({detail}).",
    next: "The association is opened again by itself.",
  },
  "xdlms/unknown-outcome": {
    message: "The connection was lost after a command was sent; whether it took effect is unknown.",
    next: "Read the object before you send it again.",
  },
};
