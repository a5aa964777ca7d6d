// Draws Glow Mall's pages from its JSON addresses.
const el = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text) e.textContent = text; return e; };
const lazy = new IntersectionObserver((seen) => seen.forEach((s) => {
  if (s.isIntersecting) { s.target.src = s.target.dataset.src; lazy.unobserve(s.target); }
}), { rootMargin: "60px" });
const picture = (url, alt) => { const img = el("img"); img.dataset.src = url; img.alt = alt; lazy.observe(img); return img; };
const json = async (url) => { const r = await fetch(url); if (!r.ok) throw new Error(r.status); return r.json(); };

function consent() {
  if (document.cookie.includes("consent=1")) return;
  const wall = el("div"); wall.id = "consent";
  const box = el("div"); box.append(el("h2", "", "Cookie 设置 Cookies"), el("p", "", "我们使用 Cookie 改善体验。We use cookies to improve your visit."));
  const ok = el("button", "btn", "同意 Accept"); ok.id = "consent-ok";
  ok.onclick = () => { document.cookie = "consent=1;path=/;max-age=31536000"; wall.remove(); };
  box.append(ok); wall.append(box); document.body.append(wall);
}

async function list(root) {
  const more = document.getElementById("more"); let page = 0;
  const load = async () => {
    more.disabled = true; page += 1;
    const got = await json(`/api/items?c=${encodeURIComponent(root.dataset.category)}&page=${page}`);
    for (const item of got.items) {
      const card = el("div", "card"), link = el("a", "card-link");
      link.href = `/item/${item.id}`;
      link.append(picture(item.picture, item.title), el("p", "card-title", item.title), el("p", "card-price", item.price));
      card.append(link); root.append(card);
    }
    more.disabled = false; more.hidden = !got.more;
  };
  more.onclick = load; await load();
}

async function item(root) {
  const it = await json(`/api/items/${root.dataset.item}`);
  document.title = `${it.title} - Glow Mall`;
  const gallery = el("div", "p-gallery"); it.pictures.forEach((url) => gallery.append(picture(url, it.title)));
  const side = el("div"), price = el("p", "p-price loading", "…");
  const shop = el("p", "p-shop", "店铺 Shop: "), name = el("a", "", it.shop); name.href = "/"; shop.append(name);
  const specs = el("ul", "p-specs");
  it.specs.forEach(([k, v]) => { const li = el("li"); li.append(el("b", "", k), el("span", "", v)); specs.append(li); });
  side.append(el("p", "p-crumb", it.category), el("h1", "p-title", it.title), price, shop, el("p", "p-stock", `库存 Stock: ${it.stock}`));
  root.append(gallery, side);
  const got = await json(`/api/items/${it.id}/price`);
  price.textContent = got.text; price.classList.remove("loading");
  if (got.amount !== null) side.append(buy(it.id));
  side.append(specs, el("p", "p-text", it.text));
}

function buy(id) {
  const form = el("form"); form.method = "post"; form.action = "/cart";
  form.innerHTML = '<input type="hidden" name="item"><label>数量 Quantity <input id="qty" name="quantity" type="number" min="1" max="9" value="1"></label> <button class="btn" id="add-cart">加入购物车 Add to cart</button>';
  form.querySelector("[name=item]").value = id; return form;
}

consent();
const root = document.querySelector("[data-draw]");
if (root) ({ list, item })[root.dataset.draw](root).catch(() => root.append(el("p", "p-error", "加载失败 Could not load")));
