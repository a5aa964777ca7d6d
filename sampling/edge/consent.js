// Presses one button of a banner that covers the page: a refusing one, else one that shuts it. Gives [what, words] or null.
({ refuse, shut, boxes, longest }) => {
  const plain = text => (text || "").replace(/\s+/g, " ").trim().toLowerCase();
  const bare = text => plain(text).replace(/^[\s.!>›→\[(【]+|[\s.!>›→\])】]+$/g, "");
  const all = (root, found = []) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("button, a, [role=button], input[type=button], input[type=submit], [onclick], [aria-label]")) {
        found.push(element);
      }
      if (element.shadowRoot) all(element.shadowRoot, found);
    }
    return found;
  };
  const up = element => element.parentElement || (element.getRootNode() instanceof ShadowRoot && element.getRootNode().host);
  const seen = element => {
    const box = element.getBoundingClientRect();
    return box.width > 3 && box.height > 3 && box.bottom > 0 && box.top < innerHeight && box.right > 0
      && box.left < innerWidth && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const named = element => {
    const words = plain(`${element.id} ${element.getAttribute("class")} ${element.getAttribute("role")}`);
    return element.getAttribute("aria-modal") === "true" || boxes.some(part => words.includes(part));
  };
  // A banner lies over the page or bears the name of one; in a frame of its own the whole page is the banner.
  const inBanner = element => {
    if (window !== window.parent) return true;
    let lies = false, bears = false;
    for (let part = element; part && part !== document.body && part !== document.documentElement; part = up(part)) {
      lies ||= ["fixed", "sticky"].includes(getComputedStyle(part).position);
      bears ||= part !== element && named(part);
    }
    return bears && (lies || /cookie|隐私|隱私|クッキー|プライバシー|datenschutz|privacy|consent/i.test(document.body.innerText.slice(0, 4000)));
  };
  const buttons = all(document).filter(seen);
  for (const [what, words] of [["refuse", refuse], ["shut", shut]]) {
    for (const button of buttons) {
      const texts = [button.innerText || button.value, button.getAttribute("aria-label"), button.getAttribute("title")];
      const found = texts.map(bare).find(text => text && text.length <= longest && words.includes(text));
      if (found && inBanner(button)) {
        button.click();
        return [what, found];
      }
    }
  }
  return null;
}
