import { describe, expect, it } from "vitest";
import { pause, refusalIn } from "../src/client/connection";

const envelope = { success: false, message: "This hub is full.", data: null, code: "hub_full", retryAfter: 10 };

const failed = (description: unknown, responseText: unknown) =>
  Object.assign(new Error("xhr poll error"), { description, context: { responseText } });

describe("a handshake that was refused", () => {
  it("says what the hub said", () => {
    const refusal = { code: "hub_full", message: "This hub is full.", retryAfter: 10 };
    expect(refusalIn(failed(503, JSON.stringify(envelope)))).toEqual(refusal);
    const tooFast = { ...envelope, code: "too_fast", retryAfter: 1 };
    expect(refusalIn(failed(429, JSON.stringify(tooFast)))?.code).toBe("too_fast");
  });

  it("is told from a network that fails", () => {
    expect(refusalIn(new Error("websocket error"))).toBeNull();
    expect(refusalIn(failed(0, ""))).toBeNull();
    expect(refusalIn(failed(502, "<html>"))).toBeNull();
    expect(refusalIn(failed(503, "<html>"))).toBeNull();
  });

  it("is tried again when the hub says, later each time, and not by all at once", () => {
    const refusal = (retryAfter: number | null) => ({ code: "hub_full" as const, message: "", retryAfter });
    expect(pause(refusal(10), 1, () => 0)).toBe(10_000);
    expect(pause(refusal(1), 3, () => 0)).toBe(8_000);
    expect(pause(refusal(null), 9, () => 0)).toBe(15_000);
    expect(pause(refusal(10), 1, () => 1)).toBe(12_500);
  });
});
