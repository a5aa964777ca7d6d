// Gives the texts a reader sees, in the order of the document, as the JSON that sampling.evidence.layout reads:
// [text, x, y, width, height, font size, weight, struck, selector], in CSS pixels of the whole page.
() => {
  const MOST = 2000, VISITS = 40000, LETTERS = 400, began = performance.now();
  const boxes = [], styles = new Map(), seen = new Map(), lines = new Map(), places = new Map(), numbered = new Map(), orders = new Map();
  const left = scrollX, top = scrollY, range = document.createRange();
  const styled = element => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const shown = element => {
    if (!seen.has(element)) {
      seen.set(element, element.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
    }
    return seen.get(element);
  };
  // A line is drawn through everything inside but what stands apart from the text's flow.
  const struck = element => {
    if (!element) return false;
    if (!lines.has(element)) {
      const style = styled(element);
      const apart = style.display.startsWith("inline-") || style.float !== "none"
        || style.position === "absolute" || style.position === "fixed";
      lines.set(element, style.textDecorationLine.includes("line-through") || (!apart && struck(element.parentElement)));
    }
    return lines.get(element);
  };
  const place = element => {
    if (!places.has(element)) places.set(element, named(element));
    return places.get(element);
  };
  const named = element => {
    if (/^[A-Za-z][\w-]*$/.test(element.id) && document.getElementById(element.id) === element) return "#" + element.id;
    const above = element.parentElement, tag = element.localName;
    if (!above) return tag;
    if (!numbered.has(above)) number(above);
    return place(above) + ">" + tag + (numbered.get(above)[tag] > 1 ? ":nth-of-type(" + orders.get(element) + ")" : "");
  };
  // The children of one element are counted once: long lists would otherwise be counted for each of their items.
  const number = above => {
    const counts = Object.create(null);
    for (let child = above.firstElementChild; child; child = child.nextElementSibling) {
      counts[child.localName] = (counts[child.localName] || 0) + 1;
      orders.set(child, counts[child.localName]);
    }
    numbered.set(above, counts);
  };
  const keep = node => {
    const text = node.data.replace(/\s+/g, " ").trim(), element = node.parentElement || node.parentNode.host;
    if (!text || !element || !shown(element)) return;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return;
    const style = styled(element), whole = Math.round;
    boxes.push([text.slice(0, LETTERS), whole(box.left + left), whole(box.top + top), whole(box.width), whole(box.height),
      whole(parseFloat(style.fontSize) || 0), parseInt(style.fontWeight, 10) || 400, struck(element), place(element)]);
  };
  const rest = [document.body];
  for (let visits = 0; rest.length && boxes.length < MOST && visits < VISITS; visits += 1) {
    if (visits % 256 === 0 && performance.now() - began > 45) break;
    const node = rest.pop();
    if (!node) continue;
    if (node.nodeType === 3) { keep(node); continue; }
    if (node.nodeType !== 1 && node.nodeType !== 11) continue;
    if (/^(script|style|noscript|template|option|textarea|svg)$/.test(node.localName)) continue;
    for (let child = node.lastChild; child; child = child.previousSibling) rest.push(child);
    if (node.shadowRoot) rest.push(node.shadowRoot);
  }
  return JSON.stringify(boxes);
}
