import { describe, expect, it } from "vitest";
import { badged, titled } from "../src/badge";

describe("what is new while the page is hidden", () => {
  it("is in the title", () => {
    expect(titled("방", 3)).toBe("(3) 방");
    expect(titled("방", 0)).toBe("방");
  });

  it("is on the icon, up to nine and more", () => {
    const icon = "http://10.0.0.1/assets/mark-Ce-n03Nt.svg";
    const three = badged(icon, 3);
    expect(three).toBe("http://10.0.0.1/assets/mark-Ce-n03Nt-3.svg");
    expect(badged(three, 250)).toBe("http://10.0.0.1/assets/mark-Ce-n03Nt-10.svg");
    expect(badged(badged(icon, 250), 9)).toBe("http://10.0.0.1/assets/mark-Ce-n03Nt-9.svg");
    expect(badged(three, 0)).toBe(icon);
    expect(badged(icon, 0)).toBe(icon);
  });
});
