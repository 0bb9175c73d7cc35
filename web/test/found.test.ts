import { describe, expect, it } from "vitest";
import { foundIn } from "../src/store/found";

/** The pieces, with brackets around what was searched for. */
const marked = (content: string, wanted: string): string =>
  foundIn(content, wanted)
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join("");

describe("what was searched for is marked", () => {
  it.each([
    ["2층 회의실에서 만나요", "회의실", "2층 [회의실]에서 만나요"],
    ["Free COFFEE, coffee for all", " Coffee ", "Free [COFFEE], [coffee] for all"],
    ["a\u0308pfel und \u00c4pfel", "\u00c4pf", "[\u00e4pf]el und [\u00c4pf]el"],
    ["\u1112\u116c\u110b\u1174", "회", "[회]의"],
    ["one\n\n  two", "two", "one [two]"],
    ["İstanbul’da çay", "çay", "İstanbul’da [çay]"],
    ["👩‍👩‍👧 여기", "여기", "👩‍👩‍👧 [여기]"],
    // The hub found it by rules that are not ours: it is shown as it is.
    ["nothing here", "else", "nothing here"],
  ])("%s: %s", (content, wanted, shown) => expect(marked(content, wanted)).toBe(shown));

  it("of a long message the part is shown in which it stands", () => {
    const words = "여기는 아주 긴 이야기예요 ".repeat(20);
    const shown = marked(`${words}드디어 회의실 ${words}`, "회의실");
    expect(shown).toMatch(/^… \S.{0,30}\[회의실\] /);
    expect(shown).toMatch(/ …$/);
    expect(shown.length).toBeLessThan(170);
    expect(marked(words, "아주")).toMatch(/^여기는 \[아주\]/);
    expect(marked("긴".repeat(300) + "회의실", "회의실")).toMatch(/^… 긴{24}\[회의실\]$/);
    // No character is cut in half.
    expect(marked("😀".repeat(300) + "!", "!")).toBe(`… ${"😀".repeat(12)}[!]`);
  });
});
