package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// What a crawl brought: web archives, `crawl-*.warc.gz`.
@Kind(name = "crawl", form = "web archives of a crawl", holds = "crawl-00000.warc.gz")
public record WebCrawl(Ref ref, Path folder) implements Artifact {}
