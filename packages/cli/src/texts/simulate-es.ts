import type { SimulateOptionName } from "./simulate-vocabulary.ts";

export const simulateSpanish: Readonly<Record<SimulateOptionName, string>> = {
  simObjects: "usual, o full: todos los objetos de un medidor moderno",
  simFrom: "medidor de un archivo: objects --values --json de uno real, o una sesión grabada",
  simUdp: "servir por UDP, con el wrapper",
  simCert: "archivo PEM del certificado de los medidores: servir por TLS",
  simKey: "archivo PEM de su clave",
  simModeE: "inicio de sesión de un cabezal óptico (IEC 62056-21 modo E) antes de HDLC",
  simPushTo:
    "enviar push a este destino, host:puerto; los medidores tienen entonces todos los objetos",
  simPushUdp: "enviar push por UDP",
  simPushFraming: "trama de los push: wrapper, hdlc o apdu (nada alrededor)",
  simPushEvery: "segundos entre dos push de un medidor, cada uno en su fase",
  simPushBlock: "enviar en bloques generales lo que pase de tantos octetos",
  simPushPlain: "enviar push en claro aunque los medidores cifren",
  simPushConfirmed: "pedir confirmación de cada push",
  simLastGasp: "al final cada medidor dice que perdió su alimentación",
  simDial: "los medidores llaman a este concentrador, host:puerto, y vuelven a llamar",
  simRedial: "espera antes de que un medidor vuelva a llamar, como 10s",
  simAnnounce: "cómo dice su nombre un medidor que llama: wrapper, hdlc o none",
  simFault: "qué sale mal: drop=5%, delay=/10:800ms, hang-up=@3; varios con comas",
};
