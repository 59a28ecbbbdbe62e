/// A polite crawler.
///
/// In: addresses to begin at, a scope, an agent that says who asks. Out: a folder with web archives
/// (`crawl-*.warc.gz`, WARC 1.1), which are a source as any other, and the frontier
/// (`.frontier.jsonl`), which a killed crawl goes on from. Asks no server for what its robots.txt
/// closes, faster than it allows, or on two connections at once; keeps nothing that its owner
/// refuses for training. Knows HTTP out (`dev.imago.fetch`), robots.txt, sitemaps and WARC; nothing
/// of documents, corpora and stages. Read [Crawler] first, then `Frontier`.
@NullMarked
package dev.imago.crawl;

import org.jspecify.annotations.NullMarked;
