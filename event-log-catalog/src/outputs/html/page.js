"use strict";
(() => {
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const nothing = document.getElementById("nothing");
  const events = [...document.querySelectorAll("article")].map((article) => ({
    article,
    link: document.querySelector(`nav a[href="#${article.id}"]`).parentElement,
    // Names are found by their words, too: "user registration" finds user_registration.
    text: (article.textContent + " " + article.textContent.replaceAll("_", " ")).toLowerCase(),
  }));

  function search() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { article, link, text } of events) {
      const matches = words.every((word) => text.includes(word));
      article.hidden = link.hidden = !matches;
      count += matches;
    }
    found.textContent = words.length ? `${count} of ${events.length} events` : `${events.length} events`;
    nothing.hidden = count > 0 || events.length === 0;
  }

  // A link to an event that the search has hidden shows it again.
  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.hidden) {
      query.value = "";
      search();
      target.scrollIntoView();
    }
  }

  query.addEventListener("input", search);
  addEventListener("hashchange", follow);
  search();
})();
