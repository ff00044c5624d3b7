import { fromHex, toHex } from "@lectura/dlms/octets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeCrypto } from "./node-crypto.ts";

const hex = (text: string): Uint8Array => fromHex(text);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("published values", () => {
  test("AES-GCM is that of the GCM specification, test cases 4 and 16, tag cut to 12", () => {
    const iv = hex("cafebabefacedbaddecaf888");
    const aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const plain = hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    const key128 = hex("feffe9928665731c6d6a8f9467308308");
    const key256 = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    expect(toHex(nodeCrypto.sealGcm(key128, iv, aad, plain))).toBe(
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091" +
        "5bc94fbc3221a5db94fae95a",
    );
    expect(toHex(nodeCrypto.sealGcm(key256, iv, aad, plain))).toBe(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
        "76fc6ece0f4e1768cddf8853",
    );
  });

  test("AES-CTR and AES-ECB are those of SP 800-38A", () => {
    const key = hex("2b7e151628aed2a6abf7158809cf4f3c");
    const block = hex("6bc1bee22e409f96e93d7e117393172a");
    const counter = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    expect(toHex(nodeCrypto.applyCtr(key, counter, block))).toBe(
      "874d6191b620e3261bef6864990db6ce",
    );
    expect(toHex(nodeCrypto.encryptBlocks(key, block))).toBe("3ad77bb40d7a3660a89ecaf32466ef97");
  });

  test("key wrap is that of RFC 3394, 4.1 and 4.6", () => {
    const kek = hex("000102030405060708090a0b0c0d0e0f");
    const key = hex("00112233445566778899aabbccddeeff");
    const wrapped = hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    expect(nodeCrypto.wrapKey(kek, key)).toEqual(wrapped);
    expect(nodeCrypto.unwrapKey(kek, wrapped)).toEqual(key);
    const kek256 = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const key256 = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    expect(toHex(nodeCrypto.wrapKey(kek256, key256))).toBe(
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
    );
  });

  test.each([
    ["md5", "900150983cd24fb0d6963f7d28e17f72"],
    ["sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ] as const)("%s is that of its standard", (name, digest) => {
    expect(toHex(nodeCrypto.hash(name, text("abc")))).toBe(digest);
  });

  test("ECDH on P-256 is that of RFC 5903, 8.1", () => {
    const i = hex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
    const gr = hex(
      "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63" +
        "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
    );
    expect(toHex(nodeCrypto.agree("P-256", i, gr))).toBe(
      "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
    );
  });
});

test("a prepared key seals into place and opens as the key itself does", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(16, 32),
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 100 }),
      (keyOctets, plain, additional) => {
        const key = new Uint8Array(keyOctets).fill(3);
        const nonce = new Uint8Array(12).fill(9);
        const prepared = nodeCrypto.prepareGcm(key);
        const into = new Uint8Array(plain.length + 12 + 5);
        prepared.seal(nonce, additional, plain, into, 3);
        const sealed = nodeCrypto.sealGcm(key, nonce, additional, plain);
        expect(into.subarray(3, -2)).toEqual(sealed);
        const text = sealed.subarray(0, -12);
        const tag = sealed.slice(-12);
        expect(prepared.open(nonce, additional, text, tag)).toEqual(plain);
        tag[0]! ^= 1;
        expect(prepared.open(nonce, additional, text, tag)).toBeUndefined();
      },
    ),
    { numRuns: 30 },
  );
  expect(() => nodeCrypto.prepareGcm(new Uint8Array(24))).toThrow(RangeError);
});

describe("refusals", () => {
  const key = new Uint8Array(16);
  const nonce = new Uint8Array(12);
  const none = new Uint8Array(0);

  test("keys and blocks of another length are refused", () => {
    expect(() => nodeCrypto.sealGcm(new Uint8Array(24), nonce, none, none)).toThrow(RangeError);
    expect(() => nodeCrypto.encryptBlocks(key, new Uint8Array(15))).toThrow(RangeError);
    expect(() => nodeCrypto.wrapKey(key, new Uint8Array(8))).toThrow(RangeError);
    expect(() => nodeCrypto.agree("P-256", new Uint8Array(31), new Uint8Array(64))).toThrow(
      RangeError,
    );
  });

  test("a point that is not on the curve is refused, and verifies nothing", () => {
    const { privateKey } = nodeCrypto.generateKeyPair("P-256");
    const point = new Uint8Array(64).fill(7);
    expect(() => nodeCrypto.agree("P-256", privateKey, point)).toThrow(RangeError);
    expect(nodeCrypto.verify("P-256", point, none, new Uint8Array(64))).toBe(false);
  });

  test("a short tag, a short wrapped key and a damaged one give nothing", () => {
    const sealed = nodeCrypto.sealGcm(key, nonce, none, none);
    expect(nodeCrypto.openGcm(key, nonce, none, none, sealed.subarray(0, 11))).toBeUndefined();
    expect(nodeCrypto.openGcm(key, nonce, none, none, sealed)).toEqual(none);
    const wrapped = nodeCrypto.wrapKey(key, new Uint8Array(16));
    wrapped[3]! ^= 1;
    expect(nodeCrypto.unwrapKey(key, wrapped)).toBeUndefined();
    expect(nodeCrypto.unwrapKey(key, wrapped.subarray(0, 16))).toBeUndefined();
  });
});

describe.each(["P-256", "P-384"] as const)("%s", (curve) => {
  test("what one signs the other verifies, and nothing else", () => {
    const { privateKey, publicKey } = nodeCrypto.generateKeyPair(curve);
    const other = nodeCrypto.generateKeyPair(curve);
    fc.assert(
      fc.property(fc.uint8Array(), (message) => {
        const signature = nodeCrypto.sign(curve, privateKey, message);
        expect(signature.length).toBe(publicKey.length);
        expect(nodeCrypto.verify(curve, publicKey, message, signature)).toBe(true);
        expect(nodeCrypto.verify(curve, other.publicKey, message, signature)).toBe(false);
        const longer = Uint8Array.of(...message, 0);
        expect(nodeCrypto.verify(curve, publicKey, longer, signature)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test("both sides agree on one secret", () => {
    const a = nodeCrypto.generateKeyPair(curve);
    const b = nodeCrypto.generateKeyPair(curve);
    expect(nodeCrypto.agree(curve, a.privateKey, b.publicKey)).toEqual(
      nodeCrypto.agree(curve, b.privateKey, a.publicKey),
    );
  });
});
