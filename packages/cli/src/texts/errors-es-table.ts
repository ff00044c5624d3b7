import type { ErrorTexts } from "./error-text.ts";

/** Code to cause and next step; a star for the layer serves every layer. */
export const spanishErrors: ErrorTexts = {
  "*/limit": {
    message: "Una unidad supera lo permitido: {detail}",
    next: "Lea menos de una vez.",
  },
  "*/malformed": {
    message: "El medidor envió octetos que no se entienden: {detail}",
    next: "Una sesión lo intenta de nuevo sola; con lectura decode, mire los octetos alrededor de ese lugar.",
  },
  "*/parameters": {
    message: "Los parámetros de enlace del medidor no se entienden: {detail}",
    next: "Pruebe --quirk noSnrmParameters.",
  },
  "acse/already-associated": {
    message: "El medidor dice que aún hay una asociación abierta ({detail}).",
    next: "Espere el tiempo de inactividad del medidor (a menudo 120 a 180 s); se reintenta solo.",
  },
  "acse/authentication-failed": {
    message: "El medidor rechazó la contraseña o las claves ({detail}).",
    next: "Revise la contraseña o las claves y el SAP de cliente, y luego: lectura meter edit NOMBRE --password-stdin (o --guek, --gak). No se reintenta solo, para que el medidor no se bloquee.",
  },
  "acse/authentication-required": {
    message: "El medidor exige otra autenticación ({detail}).",
    next: "Use --auth lls con una contraseña o --auth hls-... con lo que necesita, o un SAP de cliente que no la necesite (16).",
  },
  "acse/context-not-supported": {
    message: "El medidor no admite este contexto de aplicación ({detail}).",
    next: "Revise si el medidor espera cifrado (--protection both con sus claves) o nombres cortos para este SAP de cliente.",
  },
  "acse/initiate-refused": {
    message: "El medidor rechazó la petición de inicio ({detail}).",
    next: "Revise el SAP de cliente y la conformidad propuesta; están en el manual del medidor.",
  },
  "acse/mechanism-not-supported": {
    message: "El medidor no conoce este mecanismo de autenticación ({detail}).",
    next: "Elija otro con --auth.",
  },
  "acse/no-answer": {
    message: "El enlace está abierto pero el medidor no responde a la asociación.",
    next: "Revise el SAP de cliente; uno equivocado suele recibir silencio.",
  },
  "acse/rejected": {
    message: "El medidor rechazó la asociación ({detail}).",
    next: "Revise el SAP de cliente, la autenticación y la contraseña.",
  },
  "acse/rejected-transient": {
    message: "El medidor rechazó la asociación por ahora ({detail}).",
    next: "Se reintenta solo.",
  },
  "acse/unexpected": {
    message: "El medidor respondió otra cosa a la asociación ({detail}).",
    next: "Ejecute: lectura test HOST:PUERTO, y guarde lo que diga.",
  },
  "api/bad-request": {
    message: "La petición no es válida ({detail}).",
    next: "Corríjala y envíela de nuevo.",
  },
  "api/cannot-listen": {
    message: "El API no puede escuchar ({detail}).",
    next: "Elija otro puerto con --api-port.",
  },
  "api/forbidden-host": {
    message: "El API solo responde a nombres locales ({detail}).",
    next: "Use 127.0.0.1 o localhost en la URL.",
  },
  "api/invalid": {
    message: "La petición no es válida ({detail}).",
    next: "Corríjala y envíela de nuevo.",
  },
  "api/not-found": {
    message: "No hay nada en esa dirección ({detail}).",
    next: "Revise la ruta; los recursos están bajo /api/v1.",
  },
  "api/port-taken": {
    message: "El puerto {port} está ocupado.",
    next: "Elija otro con --api-port, o 0 para uno libre.",
  },
  "api/refused": {
    message: "La pasarela rechazó la petición ({detail}).",
    next: "Revise la petición.",
  },
  "api/too-many-streams": {
    message: "Demasiados clientes siguen el flujo en vivo.",
    next: "Cierre uno e intente de nuevo.",
  },
  "api/unauthorized": {
    message: "Falta la clave del API o no es la correcta.",
    next: "Pase --api-key, o ejecute la orden sobre el directorio de datos de la pasarela.",
  },
  "api/unreachable": {
    message: "Ahí no responde ninguna pasarela ({detail}).",
    next: "Arránquela con: lectura run, o revise --api-url.",
  },
  "cli/interrupted": {
    message: "Interrumpido.",
    next: "Ejecútelo otra vez cuando quiera.",
  },
  "cli/not-running": {
    message: "Ninguna pasarela corre sobre este directorio de datos.",
    next: "Arranque una con: lectura run, o indíquela con --api-url.",
  },
  "cli/unexpected": {
    message: "Algo inesperado falló: {detail}",
    next: "Ejecútelo de nuevo; si vuelve a pasar, repórtelo con estas palabras.",
  },
  "decode/bad-question": {
    message: "La pregunta no tiene respuesta: {detail}",
    next: "Indique lo que falta con --key NOMBRE=HEX o --keys-file.",
  },
  "decode/no-packets": {
    message: "Los paquetes capturados no tienen nada hacia ni desde el puerto {port}.",
    next: "Indique con --port el puerto del medidor o del conversor.",
  },
  "decode/not-hex": {
    message: "Eso no es un número par de dígitos hexadecimales.",
    next: "Dé octetos como 7EA00703...; los espacios no estorban.",
  },
  "encode/bad-tree": {
    message: "No hay octetos que digan esto ({layer}): {detail}",
    next: "Parta de lo que imprime lectura decode --json y cambie solo valores.",
  },
  "encode/not-json": {
    message: "Eso no es JSON.",
    next: "Dé lo que imprime lectura decode --json: un documento, o uno por línea.",
  },
  "hdlc/disconnected": {
    message: "El medidor dice que el enlace está cerrado (DM).",
    next: "Se vuelve a abrir solo.",
  },
  "hdlc/flooded": {
    message: "La línea envía más de lo que un medidor puede ({detail}).",
    next: "Revise que detrás de esta conexión solo esté el medidor.",
  },
  "hdlc/frame-rejected": {
    message: "El medidor rechazó una trama ({detail}).",
    next: "El enlace se reabre solo; si vuelve a pasar, guarde la salida de lectura test.",
  },
  "hdlc/limit": {
    message: "Una unidad del medidor supera lo permitido ({detail}).",
    next: "Lea menos de una vez.",
  },
  "hdlc/no-answer": {
    message: "Nada responde en esta dirección HDLC ({detail}).",
    next: "Revise --server-upper, --server-lower y --address-size; en RS-485 también A/B, la velocidad y que no haya otro cliente conectado.",
  },
  "hdlc/refused": {
    message: "El medidor rechaza el enlace (DM).",
    next: "Se reintenta solo; puede tenerlo otro cliente.",
  },
  "hdlc/request-timeout": {
    message: "El medidor no respondió a tiempo ({detail}).",
    next: "Se reintenta solo; en líneas lentas aumente el --timeout de la línea.",
  },
  "hdlc/sequence": {
    message: "Faltan tramas del medidor ({detail}).",
    next: "El enlace se reabre solo.",
  },
  "iec62056-21/checksum": {
    message: "La lectura llegó dañada todas las veces ({detail}).",
    next: "Revise que el cabezal asiente bien y el cable; con mala línea ayuda bajar la velocidad.",
  },
  "iec62056-21/limit": {
    message: "La lectura es más larga que el límite ({detail}).",
    next: "Suba el límite o haga acortar la lista del medidor.",
  },
  "iec62056-21/no-answer": {
    message: "El medidor no responde al saludo óptico ({detail}).",
    next: "Revise el cabezal, su velocidad (300, 7E1) y la dirección del equipo; sin modo E pruebe HDLC directo.",
  },
  "iec62056-21/no-mode-e": {
    message: "El medidor no ofrece HDLC tras el saludo óptico ({detail}).",
    next: "Pruebe HDLC directo a 9600 Bd, o lea este medidor por otra interfaz.",
  },
  "line/busy": {
    message: "El convertidor dice que otro cliente ocupa el puerto ({detail}).",
    next: "Cierre el otro cliente o espere a que el convertidor lo suelte; lectura status muestra las líneas de esta pasarela.",
  },
  "line/held": {
    message: "Esta misma pasarela ocupa la línea.",
    next: "Pregunte a través de ella: lectura read MEDIDOR, o pause antes la línea.",
  },
  "line/idle-closed": {
    message: "El convertidor cerró la conexión por inactividad ({detail}).",
    next: "Se reabre sola; un intervalo de lectura más corto la mantiene.",
  },
  "line/not-dialled-in": {
    message: "Ningún medidor ha llamado para la línea {name} ({endpoint}).",
    next: "Se lee en cuanto llame; revise su módem, el puerto al que llama y por qué se lo conoce.",
  },
  "line/not-dlms": {
    message: "Lo que responde ahí no habla DLMS ({detail}).",
    next: "Revise host y puerto; escucha un servidor web u otro protocolo.",
  },
  "line/paused": {
    message: "La línea está en pausa.",
    next: "Reanúdela con: lectura line resume NOMBRE",
  },
  "line/queue-full": {
    message: "Demasiado espera por esta línea.",
    next: "Espere, o alargue los intervalos de sus medidores.",
  },
  "line/silent": {
    message: "Conectado, pero no llega ni un octeto ({detail}).",
    next: "Revise la dirección; muchos convertidores atienden a un solo cliente y dejan al segundo en silencio.",
  },
  "line/stopped": {
    message: "La línea se está cerrando.",
    next: "Pregunte de nuevo en un momento.",
  },
  "line/tls-file": {
    message: "No se puede leer {file} para el TLS de la línea: {problem}.",
    next: "Revise ruta y permisos: lectura line edit NOMBRE --tcp HOST:PUERTO --ca ARCHIVO",
  },
  "line/waiting": {
    message: "La línea falló hace un momento y espera antes del próximo intento ({detail}).",
    next: "Se reintenta sola.",
  },
  "meter/backing-off": {
    message: "El medidor falló antes y espera su próximo intento ({detail}).",
    next: "Se reintenta solo; lectura meter restart NOMBRE lo intenta ya.",
  },
  "meter/counter-contended": {
    message: "Otro proceso envía con la misma clave ({detail}).",
    next: "Se reintenta solo.",
  },
  "meter/counter-implausible": {
    message: "El medidor indica un contador de invocación muy por delante del conocido: {counter}.",
    next: "Compruebe que es el medidor que debe ser; si lo es, fíjelo: lectura meter edit NOMBRE --counter {counter}",
  },
  "meter/counter-unknown": {
    message:
      "No se conoce el contador de invocación de {name}, y el medidor no lo dice al cliente público.",
    next: "Dé el primero que se debe usar: lectura meter edit NOMBRE --counter N; o indique otro objeto o cliente: --counter-object OBIS --public-sap SAP",
  },
  "meter/credential-held": {
    message: "El medidor rechazó su credencial; no se vuelve a enviar sola.",
    next: "Corríjala: lectura meter edit NOMBRE --password-stdin (o --guek, --gak), y luego: lectura meter resume NOMBRE",
  },
  "meter/image-refused": {
    message: "El medidor detuvo la transferencia de la imagen en el paso {step}: {reason}.",
    next: "Revise la imagen, --id, el SAP de cliente y los permisos; el manual del medidor dice qué acepta.",
  },
  "meter/password-missing": {
    message: "Hace falta una contraseña y no hay ninguna guardada.",
    next: "Guárdela: lectura meter edit NOMBRE --password-stdin",
  },
  "meter/refused": {
    message: "El medidor niega {what}: {reason}.",
    next: "Compruebe que tiene el objeto (lectura objects) y que este SAP de cliente tiene permiso (--client-sap, --auth).",
  },
  "mqtt/bad-credentials": {
    message: "El broker rechazó el usuario o la contraseña.",
    next: "Corríjalos: lectura sink edit NOMBRE --username U --password-stdin",
  },
  "mqtt/closed": {
    message: "El broker cerró la conexión.",
    next: "Se abre de nuevo sola; las lecturas esperan en la bandeja de salida.",
  },
  "mqtt/keepalive": {
    message: "El broker dejó de responder.",
    next: "La conexión se abre de nuevo sola; revise la red entre ambos.",
  },
  "mqtt/no-ack": {
    message: "El broker no confirmó un mensaje en 10 segundos.",
    next: "Se envía de nuevo solo; revise si el broker está sobrecargado.",
  },
  "mqtt/not-authorised": {
    message: "El broker no deja entrar a este cliente.",
    next: "Revise el usuario, la contraseña o el token.",
  },
  "mqtt/not-connected": {
    message: "En este momento no hay conexión con el broker.",
    next: "Se abre de nuevo sola; las lecturas esperan en la bandeja de salida.",
  },
  "mqtt/packet-too-large": {
    message: "Un mensaje es más largo de lo que acepta el broker.",
    next: "Suba el límite del broker, o lea menos valores a la vez.",
  },
  "mqtt/port-taken": {
    message: "El puerto {port} está ocupado; el broker incluido no puede usarlo.",
    next: "Elija otro con --mqtt-port (0 = libre), o use su broker con --mqtt-url.",
  },
  "mqtt/qos-not-supported": {
    message: "El broker no concede QoS 1, así que nunca podrá confirmar.",
    next: "Permita QoS 1 en la configuración del broker.",
  },
  "mqtt/refused": {
    message: "El broker rechazó la conexión.",
    next: "Vea el registro del broker; quizá no permite el identificador de cliente.",
  },
  "mqtt/server-unavailable": {
    message: "El broker está, pero ahora no acepta clientes.",
    next: "Se reintenta solo.",
  },
  "mqtt/taken-over": {
    message: "Otro cliente usa la misma identidad y expulsa a este.",
    next: "Pare el otro cliente, o dé a cada uno su propio token o identificador.",
  },
  "mqtt/tls": {
    message: "Falló la negociación TLS con el broker.",
    next: "Revise el nombre de la URL y los archivos de autoridad, certificado y clave del destino.",
  },
  "mqtt/unreachable": {
    message: "No se llega al broker.",
    next: "Revise servidor, puerto y TLS de la URL (mqtt:// o mqtts://), y la red.",
  },
  "mqtt/window-full": {
    message: "Demasiados mensajes esperan la confirmación del broker.",
    next: "Se envían solos según llegan las confirmaciones.",
  },
  "registry/address-taken": {
    message: "El medidor {meter} ya tiene la dirección {upper}/{lower} en la línea {line}.",
    next: "Dé otro --server-lower, o edite ese medidor.",
  },
  "registry/bad-file": {
    message: "{file}, línea {line}: {problem}",
    next: "Corrija el archivo e impórtelo de nuevo.",
  },
  "registry/bad-name": {
    message:
      "{name} no es un nombre: letras, cifras, punto, guion bajo, guion y espacio, de 1 a 64.",
    next: "Elija otro nombre.",
  },
  "registry/duplicate-key": {
    message: "El plan nombra {key} dos veces.",
    next: "Nombre cada clave una vez.",
  },
  "registry/endpoint-conflict": {
    message: "La línea {line} en {endpoint} tiene otro valor de {setting}.",
    next: "Cambie la línea (lectura line edit {line}) o nómbrela sin decir cómo: --line {line}",
  },
  "registry/endpoint-taken": {
    message: "La línea {line} ya tiene la conexión {endpoint}.",
    next: "Use esa línea: --line {line}",
  },
  "registry/framing-conflict": {
    message: "La línea {line} habla {framing} en {endpoint}, no {wanted}.",
    next: "Una conexión tiene un solo tipo de trama: edite la línea, o no dé --framing.",
  },
  "registry/import-refused": {
    message: "{failed} de {rows} filas están mal; no se importó nada.",
    next: "Corríjalas, o importe las buenas con --partial.",
  },
  "registry/invalid": {
    message: "{field}: {problem}",
    next: "Corríjalo e intente de nuevo.",
  },
  "registry/line-in-use": {
    message: "La línea {line} aún lleva {meters} medidores.",
    next: "Quite o mueva antes sus medidores.",
  },
  "registry/name-taken": {
    message: "Ya existe {name} ({kind}).",
    next: "Elija otro nombre, o edite ese.",
  },
  "registry/no-such-line": {
    message: "No existe la línea {name}. {nearest}",
    next: "Vea: lectura line list",
  },
  "registry/no-such-meter": {
    message: "No existe el medidor {name}. {nearest}",
    next: "Vea: lectura meter list",
  },
  "registry/no-such-sink": {
    message: "No existe el destino {name}. {nearest}",
    next: "Vea: lectura sink list",
  },
  "registry/no-such-template": {
    message: "No existe la plantilla {name}. {nearest}",
    next: "No dé --template, o use una de estas: microstar, generic-three-phase",
  },
  "registry/template-built-in": {
    message: "La plantilla {name} viene con Lectura y no se cambia.",
    next: "Añada una propia con otro nombre.",
  },
  "registry/template-in-use": {
    message: "La plantilla {name} la usan {meters} medidores.",
    next: "Edite antes esos medidores.",
  },
  "registry/unknown-key": {
    message: "El catálogo no tiene la clave {key}. Cercanas: {nearest}",
    next: "Use una de estas, o un código OBIS: [CLASE:]OBIS[:ATRIBUTO]",
  },
  "security/challenge-length": {
    message: "Un desafío tiene de {min} a {max} octetos, no {octets}.",
    next: "Dé otra longitud, o ninguna.",
  },
  "security/counter-absent": {
    message: "{use} necesita un contador de invocación.",
    next: "Diga dónde empieza: --counter N, o --counter read para preguntarlo al medidor.",
  },
  "security/counter-exhausted": {
    message: "El contador de invocación de una clave se agotó.",
    next: "Cambie la clave en el medidor y aquí.",
  },
  "security/key-absent": {
    message: "{use} necesita la clave {key}, y no hay ninguna.",
    next: "Déla desde una variable o un archivo: --guek env:VARIABLE (unicast), --gak env:VARIABLE (authentication).",
  },
  "security/key-change-impossible": {
    message: "El cambio de claves necesita algo que falta o no es correcto: {key}.",
    next: "Guárdelo e intente de nuevo. No se envió nada.",
  },
  "security/key-change-pending": {
    message: "Un cambio de claves anterior no está resuelto.",
    next: "Resuélvalo primero: abra de nuevo la asociación, con las claves nuevas antes que las viejas.",
  },
  "security/key-change-refused": {
    message: "El medidor rechaza el cambio de claves ({result}).",
    next: "Nada cambió. Revise la clave maestra y los derechos de este cliente.",
  },
  "security/key-change-unresolved": {
    message: "El medidor no acepta ni las claves nuevas ni las viejas.",
    next: "Se conservan ambas. Revise los títulos de sistema y los contadores, o fije las claves en el medidor.",
  },
  "security/key-length": {
    message: "La clave {key} tiene {octets} octetos; la suite {suite} pide {wanted}.",
    next: "Revise la clave, o elija la suite con --suite.",
  },
  "security/key-missing": {
    message: "Falta una clave ({detail}).",
    next: "Guárdela e intente de nuevo.",
  },
  "security/mechanism-suite": {
    message: "{mechanism} no existe en la suite de seguridad {suite}.",
    next: "Elija --suite 1 o --suite 2.",
  },
  "security/not-ciphered": {
    message: "{setting} dice cómo cifrar, pero no se cifra nada.",
    next: "Elija una protección, p. ej. --protection both, o quítelo.",
  },
  "security/policy": {
    message: "La respuesta del medidor está menos protegida de lo acordado ({detail}).",
    next: "No se usó nada de ella. Revise la política de seguridad de este cliente.",
  },
  "security/replay": {
    message: "Un contador de invocación ya se había usado ({detail}).",
    next: "No se aceptó nada. La pasarela pregunta su contador al medidor y sigue sola; en la línea de órdenes use --counter read.",
  },
  "security/secret-absent": {
    message: "{mechanism} necesita una contraseña o un secreto, y no hay ninguno.",
    next: "Délo: --password-stdin o --password-env VARIABLE",
  },
  "security/secret-length": {
    message: "El secreto de hls-manufacturer tiene {octets} octetos; caben {max} como mucho.",
    next: "Revise el secreto.",
  },
  "security/tag": {
    message: "Las claves no corresponden: una etiqueta de autenticación no es correcta ({detail}).",
    next: "Revise la clave de cifrado (GUEK), la de autenticación (GAK), la suite y los títulos de sistema, y luego: lectura meter edit NOMBRE --guek env:VARIABLE --gak env:VARIABLE. No se reintenta solo, para que el medidor no se bloquee.",
  },
  "security/title-absent": {
    message: "{use} necesita el título de sistema ({title}).",
    next: "Délo: --client-title HEX (16 dígitos).",
  },
  "security/title-length": {
    message: "El título de sistema ({title}) tiene {octets} octetos; debe tener 8.",
    next: "Dé 16 dígitos hexadecimales.",
  },
  "security/window-full": {
    message: "Se recuerdan demasiadas transacciones cifradas para aceptar otra ({detail}).",
    next: "Espere a que pasen las viejas o abra de nuevo la asociación.",
  },
  "serial/busy": {
    message: "El puerto serie lo tiene otro programa ({detail}).",
    next: "Cierre el otro programa o espere; la línea es de un programa a la vez.",
  },
  "serial/closed": {
    message: "El puerto serie ya no está ({detail}).",
    next: "Revise el adaptador y su cable; el puerto se vuelve a abrir solo.",
  },
  "serial/failed": {
    message: "El puerto serie ha fallado ({detail}).",
    next: "Revise el adaptador y su controlador.",
  },
  "serial/flooded": {
    message: "Se envía más de lo que la línea serie admite ({detail}).",
    next: "Suba la velocidad o pida menos; el puerto se vuelve a abrir solo.",
  },
  "serial/module-missing": {
    message: "Los puertos serie necesitan el paquete serialport, que no carga ({detail}).",
    next: "Instálelo: npm install serialport",
  },
  "serial/not-found": {
    message: "No existe ese puerto serie ({detail}).",
    next: "Revise la ruta y que el adaptador esté conectado; /dev/serial/by-id tiene nombres estables.",
  },
  "serial/not-permitted": {
    message: "El sistema no permite usar este puerto serie ({detail}).",
    next: "Añada este usuario al grupo dueño del puerto (Debian: dialout).",
  },
  "serial/settings-refused": {
    message: "El puerto serie no acepta estos ajustes ({detail}).",
    next: "Elija una velocidad y un formato que el adaptador admita.",
  },
  "session/closed": {
    message: "La sesión está cerrada ({detail}).",
    next: "Se reabre sola.",
  },
  "session/no-short-name": {
    message: "Este medidor habla con nombres cortos y uno no se conoce ({detail}).",
    next: "Compruebe que el SAP de cliente puede leer la lista de objetos del medidor (FA08); si no, indique el nombre corto.",
  },
  "session/queue-full": {
    message: "Demasiadas peticiones esperan por este medidor.",
    next: "Pregunte de nuevo en un momento.",
  },
  "session/requests-exhausted": {
    message: "La asociación agotó las peticiones permitidas ({detail}).",
    next: "Se reabre sola.",
  },
  "settings/invalid": {
    message: "{file}, línea {line}: {path}: {problem} {nearest}",
    next: "Corrija la línea; lectura config check las muestra todas.",
  },
  "settings/unreadable": {
    message: "No se puede leer {file}: {problem}",
    next: "Revise que el archivo exista y se pueda leer.",
  },
  "simulator/file-format": {
    message: "No es un archivo de medidor: {where} {problem}.",
    next: "Escriba uno con lectura --json objects --values, o grabe uno con --record.",
  },
  "simulator/file-invalid": {
    message: "El archivo del medidor es incorrecto en {where}: {problem}.",
    next: "Corrija ese lugar; el README del simulador tiene el formato.",
  },
  "simulator/file-secret": {
    message: "El archivo del medidor contiene un secreto en {where}: {problem}.",
    next: "Quítelo: el simulador tiene claves y contraseñas de prueba propias.",
  },
  "simulator/host-unknown": {
    message: "No se conoce el host donde escuchar ({detail}).",
    next: "Use 127.0.0.1.",
  },
  "simulator/port-not-permitted": {
    message: "El sistema no permite ese puerto ({detail}).",
    next: "Elija un puerto mayor que 1023.",
  },
  "simulator/port-taken": {
    message: "El puerto {port} está ocupado.",
    next: "Elija otro --port, o 0 para puertos libres.",
  },
  "sink/invalid": {
    message: "El destino no se puede usar como está configurado.",
    next: "Corríjalo: lectura sink edit NOMBRE",
  },
  "sink/no-such-meter": {
    message: "El medidor se eliminó antes de entregar sus lecturas.",
    next: "Quedan en los mensajes muertos del destino.",
  },
  "store/busy": {
    message: "La base de datos {path} está ocupada.",
    next: "Intente de nuevo en un momento.",
  },
  "store/cannot-open": {
    message: "No se puede abrir la base de datos {path}: {problem}",
    next: "Revise el directorio y sus permisos, o elija otro con --data-dir.",
  },
  "store/closed": {
    message: "El almacén está cerrado.",
    next: "Pregunte de nuevo cuando la pasarela corra.",
  },
  "store/corrupt": {
    message: "La base de datos {path} está dañada: {problem}",
    next: "No se borró nada. Aparte el archivo y ponga en su lugar su última copia.",
  },
  "store/disk-full": {
    message: "El disco de {path} está lleno; nada guardado se pierde.",
    next: "Haga espacio; la lectura sigue sola.",
  },
  "store/failed": {
    message: "El hilo de almacenamiento terminó: {problem}",
    next: "Arranque de nuevo la pasarela; lo confirmado está en disco.",
  },
  "store/io": {
    message: "Falló la escritura de {path}: {problem}",
    next: "Revise el disco; se reintenta solo.",
  },
  "store/locked": {
    message: "Otra pasarela usa {path} (proceso {pid}).",
    next: "Deténgala antes, o elija otro directorio con --data-dir.",
  },
  "store/newer": {
    message:
      "La base de datos {path} la escribió una Lectura más nueva (esquema {found}; esta conoce {known}).",
    next: "Use esa versión, u otro directorio de datos.",
  },
  "store/outbox-full": {
    message: "La bandeja de un destino está llena ({limit}).",
    next: "Arregle el destino o quítelo; la lectura espera mientras tanto.",
  },
  "store/overloaded": {
    message: "Llegan más lecturas de las que el disco admite ({limit}).",
    next: "Alargue los intervalos, o use un disco más rápido.",
  },
  "store/read-only": {
    message: "No se puede escribir en {path}.",
    next: "Dé permiso de escritura al directorio de datos, o elija otro con --data-dir.",
  },
  "tcp/address-in-use": {
    message: "La dirección local está en uso ({detail}).",
    next: "Elija otro puerto.",
  },
  "tcp/closed": {
    message: "El otro lado cerró la conexión ({detail}).",
    next: "Se reabre sola; un convertidor que cierra enseguida suele tener otro cliente.",
  },
  "tcp/dns-failed": {
    message: "El nombre del host no tiene dirección ({detail}).",
    next: "Revise el nombre, o dé una dirección IP.",
  },
  "tcp/failed": {
    message: "La conexión falló ({detail}).",
    next: "Revise host, puerto y red.",
  },
  "tcp/flooded": {
    message: "Se envía más de lo que el otro lado recibe ({detail}).",
    next: "La conexión se reabre sola.",
  },
  "tcp/not-permitted": {
    message: "El sistema no permite esta conexión ({detail}).",
    next: "Revise el cortafuegos y los permisos de este usuario.",
  },
  "tcp/refused": {
    message: "Ahí no escucha nada ({detail}).",
    next: "Revise host y puerto, y que el medidor o convertidor esté encendido.",
  },
  "tcp/reset": {
    message: "El otro lado cortó la conexión ({detail}).",
    next: "Se reabre sola.",
  },
  "tcp/timeout": {
    message: "El host no responde ({detail}).",
    next: "Revise la dirección, la red y el cortafuegos.",
  },
  "tcp/tls-failed": {
    message: "No se pudo establecer TLS ({detail}).",
    next: "Revise el certificado y la autoridad.",
  },
  "tcp/unreachable": {
    message: "No se puede llegar al host ({detail}).",
    next: "Revise la dirección y la red.",
  },
  "thingsboard/no-token": {
    message: "El medidor no tiene token de dispositivo de ThingsBoard.",
    next: "Guárdelo: lectura meter edit NOMBRE --tb-token-stdin",
  },
  "usage/choice": {
    message: "{name} no puede ser {text}.",
    next: "Elija entre: {choices}",
  },
  "usage/column": {
    message: "El perfil no tiene la columna {text}.",
    next: "Elija entre: {choices}",
  },
  "usage/confirmation": {
    message: "Esto cambia el medidor y no hay terminal para preguntarle.",
    next: "Si está seguro, dé --yes.",
  },
  "usage/counter-unknown": {
    message: "El medidor no dice su contador de invocación al cliente público.",
    next: "Dé el primero que se debe usar: --counter N; o indique otro objeto o cliente: --counter-object OBIS --public-sap SAP",
  },
  "usage/duration": {
    message: "{text} no es un lapso de tiempo.",
    next: "Escríbalo como 500ms, 2s, 15m o 1h.",
  },
  "usage/endpoint": {
    message: "{text} no es una conexión.",
    next: "Escríbala como HOST:PUERTO, p. ej. 192.0.2.10:4059",
  },
  "usage/endpoint-missing": {
    message: "No se nombra ningún medidor.",
    next: "Dé --tcp HOST:PUERTO, --udp HOST:PUERTO o --serial PUERTO.",
  },
  "usage/file": {
    message: "No se puede usar {file}.",
    next: "Revise la ruta y los permisos del archivo.",
  },
  "usage/fleet": {
    message: "Los medidores no se pueden simular así: {problem}.",
    next: "Vea lectura simulate --help.",
  },
  "usage/key": {
    message: "{text} no es ni una clave del catálogo ni un código OBIS.",
    next: "Escriba una clave como voltage_l1, o [CLASE:]OBIS[:ATRIBUTO] como 1-0:1.8.0",
  },
  "usage/key-hex": {
    message: "La clave de {name} no es hexadecimal.",
    next: "Escríbala con dos dígitos por octeto: 16 octetos en las suites 0 y 1, 32 en la 2.",
  },
  "usage/key-option": {
    message: "--key espera NOMBRE=env:VARIABLE o NOMBRE=HEX.",
    next: "Ponga la clave en una variable de entorno y nómbrela.",
  },
  "usage/key-source": {
    message: "{name} indica dónde está la clave, no la clave.",
    next: "Use env:VARIABLE, file:RUTA o prompt. Una clave en la línea de órdenes la podrían ver otros.",
  },
  "usage/missing": {
    message: "Falta {name}.",
    next: "Vea --help de la orden.",
  },
  "usage/no-terminal": {
    message: "No hay terminal donde escribir {name}.",
    next: "Use env:VARIABLE o file:RUTA.",
  },
  "usage/nothing-to-read": {
    message: "No hay nada que leer.",
    next: "Nombre claves o códigos OBIS, p. ej. voltage_l1",
  },
  "usage/number": {
    message: "{name} es {text}, no un número entero de {min} a {max}.",
    next: "Dé un número en ese rango.",
  },
  "usage/one-endpoint": {
    message: "Se dio más de un punto de conexión.",
    next: "Elija uno: --tcp, --udp o --serial.",
  },
  "usage/one-of": {
    message: "Solo puede darse uno de {names}.",
    next: "Elija uno.",
  },
  "usage/password-missing": {
    message: "LLS necesita una contraseña.",
    next: "Désela con --password-env VARIABLE o --password-stdin.",
  },
  "usage/profile-no-clock": {
    message: "El perfil {name} no captura ningún reloj: no se puede leer por tiempo.",
    next: "Use --last N.",
  },
  "usage/profile-no-period": {
    message:
      "El medidor no da las filas más nuevas de {name} y no se conoce su periodo de captura.",
    next: "Nombre el tiempo: --from 30d",
  },
  "usage/range": {
    message: "{name} {text} no es un rango.",
    next: "Escriba el primero y el último, p. ej. 16-115; el primero no pasa del último.",
  },
  "usage/sender": {
    message: "--sender {text} no dice un título y dónde están sus claves.",
    next: "Escriba TITULO:guek=env:NOMBRE,gak=file:RUTA con un título de 16 dígitos hex.",
  },
  "usage/serial": {
    message: "{text} no es un puerto serie.",
    next: "Dé su ruta, p. ej. /dev/ttyUSB0, con ?baud=, data=, parity=, stop= o rs485= detrás.",
  },
  "usage/time": {
    message: "{text} no es una hora.",
    next: "Escríbala como 2026-01-31T00:00:00Z.",
  },
  "usage/title": {
    message: "{name} {text} no es un título de sistema.",
    next: "Dé 16 dígitos hexadecimales, p. ej. 4C45430000000001.",
  },
  "usage/two-from-input": {
    message: "La entrada estándar solo puede llevar un secreto.",
    next: "Dé el otro por una variable de entorno.",
  },
  "usage/variable": {
    message: "La variable de entorno {name} no está definida.",
    next: "Defínala y ejecute la orden de nuevo.",
  },
  "usage/words": {
    message: "{problem}",
    next: "Vea: lectura --help",
  },
  "vault/key-malformed": {
    message: "El archivo de clave {path} no es de los nuestros.",
    next: "Ponga el correcto; sin él no se abren las contraseñas guardadas.",
  },
  "vault/key-missing": {
    message: "Falta el archivo de clave {path}, pero hay secretos guardados.",
    next: "Restáurelo, o guarde de nuevo las contraseñas.",
  },
  "vault/key-permissions": {
    message: "Otros pueden leer el archivo de clave {path} (modo {mode}).",
    next: "Ejecute: chmod 600 {path}",
  },
  "vault/key-unreadable": {
    message: "No se puede leer el archivo de clave {path}: {problem}",
    next: "Revise su dueño y permisos.",
  },
  "vault/tampered": {
    message: "Un secreto guardado no se abre ({owner}, {field}).",
    next: "Guárdelo de nuevo.",
  },
  "vault/too-long": {
    message: "Un secreto tiene más de {limit} octetos.",
    next: "Dé uno más corto.",
  },
  "wrapper/no-answer": {
    message: "Nada responde a la unidad wrapper ({detail}).",
    next: "Revise el SAP de cliente y la dirección del servidor, o pruebe --framing hdlc.",
  },
  "xdlms/block": {
    message: "Falta o está mal un bloque de un valor largo ({detail}).",
    next: "Se lee otra vez solo.",
  },
  "xdlms/exception": {
    message: "El medidor respondió con una excepción ({detail}).",
    next: "La asociación se reabre sola.",
  },
  "xdlms/invoke-id": {
    message: "La respuesta es de otra petición ({detail}).",
    next: "Si este medidor siempre responde con invoke-id 1: lectura meter edit NOMBRE --quirk invokeIdAlwaysOne",
  },
  "xdlms/limit": {
    message: "Un valor supera lo permitido ({detail}).",
    next: "Lea menos de una vez.",
  },
  "xdlms/long-get-interrupted": {
    message: "Un valor largo dejó de llegar a la mitad ({detail}).",
    next: "Se reintenta solo; si se repite, lea menos de una vez.",
  },
  "xdlms/no-answer": {
    message: "El medidor no respondió a la petición ({detail}).",
    next: "Se reintenta sola.",
  },
  "xdlms/pdu-too-long": {
    message: "La petición no cabe en el tamaño de PDU del medidor ({detail}).",
    next: "Lea menos valores de una vez.",
  },
  "xdlms/service-not-supported": {
    message: "El medidor no ofrece este servicio ({detail}).",
    next: "No se le volverá a pedir por ahora.",
  },
  "xdlms/unexpected": {
    message: "El medidor respondió otra cosa ({detail}).",
    next: "La asociación se reabre sola.",
  },
  "xdlms/unknown-outcome": {
    message: "La conexión se perdió después de enviar una orden; no se sabe si surtió efecto.",
    next: "Lea el objeto antes de enviarla de nuevo.",
  },
};
