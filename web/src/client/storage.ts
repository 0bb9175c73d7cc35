// This browser's memory (`localStorage`). A browser that keeps nothing (private mode, storage full) still
// chats: then memory stands in, for as long as the page is open.

export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** `storage` throws where the browser allows none. */
export function browserMemory(storage: () => Storage = () => localStorage): Memory {
  const spare = new Map<string, string>();
  const attempt = <T>(act: () => T, otherwise: () => T): T => {
    try {
      return act();
    } catch {
      return otherwise();
    }
  };
  return {
    get: (key) =>
      spare.get(key) ??
      attempt(
        () => storage().getItem(key),
        () => null,
      ),
    set(key, value) {
      attempt(
        () => {
          storage().setItem(key, value);
          spare.delete(key);
        },
        () => void spare.set(key, value),
      );
    },
    remove(key) {
      spare.delete(key);
      attempt(
        () => storage().removeItem(key),
        () => undefined,
      );
    },
    keys: () => [
      ...new Set([
        ...spare.keys(),
        ...attempt(
          () => Object.keys(storage()),
          () => [],
        ),
      ]),
    ],
  };
}

/** Whether this browser keeps cookies. One that does not loses the hub's, which no script can look at. */
export function keepsCookies(): boolean {
  try {
    document.cookie = "cola-probe=1; Path=/; SameSite=Lax";
    const isKept = document.cookie.includes("cola-probe=1");
    document.cookie = "cola-probe=; Path=/; Max-Age=0";
    return isKept;
  } catch {
    return false;
  }
}

export function mapMemory(map = new Map<string, string>()): Memory {
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  };
}
