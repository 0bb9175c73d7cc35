// Hosts with phones.

/** The link of a new key, as `colahub host add` prints it, at the address of the test's hub. */
export async function hostLink(hub, name, ...options) {
  const printed = await hub.host("host", "add", name, ...options);
  const [, part] = /\/host(#[\w-]+\.[\w-]+)/.exec(printed);
  return `${hub.url}/host${part}`;
}

/** Opens the host's page with a key; a new one unless its link is given. */
export async function opensAsHost(person, link) {
  await person.page.goto(link ?? (await hostLink(person.hub, "무대")));
  await person.page.locator(".figures").waitFor();
}
