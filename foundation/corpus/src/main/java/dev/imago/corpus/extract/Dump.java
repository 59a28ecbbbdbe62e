package dev.imago.corpus.extract;

import dev.imago.sources.WikiDump;
import dev.imago.sources.WikiPage;
import dev.imago.sources.Wikitext;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;

/// Makes documents of a MediaWiki dump's articles: redirects and pages of other namespaces are
/// counted and left out. Pages become text on all processors, in order.
final class Dump {
  private static final int AHEAD = 64;

  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Extractor extractor;
  private final Texts texts;

  Dump(ExtractionSettings settings, ExtractionListener listener, Extractor extractor, Texts texts) {
    this.settings = settings;
    this.listener = listener;
    this.extractor = extractor;
    this.texts = texts;
  }

  private record Read(WikiPage page, CompletableFuture<Wikitext.Text> text) {}

  void read(InputStream in, Extractor.At at, Around around)
      throws IOException, InterruptedException {
    extractor.holdsFiles(at);
    var dump = new WikiDump(in, around.places(), Math.toIntExact(settings.maxDocumentBytes()));
    Map<String, Integer> others = new TreeMap<>();
    Deque<Read> ahead = new ArrayDeque<>();
    for (WikiDump.Item item = dump.next(); item != null; item = dump.next()) {
      switch (item) {
        case WikiDump.Item.Broken(String place, String why, long bytes) -> {
          listener.in(bytes);
          listener.skip(
              Skip.RECORD, null, at.place() + "!" + place, "byte " + place + ": " + why, bytes);
        }
        case WikiDump.Item.Found(WikiPage page) -> {
          if (!page.redirect().isEmpty()) {
            others.merge("redirects", 1, Integer::sum);
          } else if (page.namespace() != 0) {
            others.merge("pages of namespace " + page.namespace(), 1, Integer::sum);
          } else {
            ahead.add(
                new Read(
                    page,
                    CompletableFuture.supplyAsync(
                        () -> Wikitext.text(page.wikitext()), ForkJoinPool.commonPool())));
          }
        }
      }
      while (ahead.size() > AHEAD) {
        give(ahead.remove(), at.place());
      }
    }
    for (Read read : ahead) {
      give(read, at.place());
    }
    if (!others.isEmpty()) {
      listener.tell(
          at.place(),
          "holds pages that are no articles: "
              + others.entrySet().stream()
                  .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                  .collect(Collectors.joining(", ")));
    }
  }

  private void give(Read read, String archive) throws InterruptedException {
    WikiPage page = read.page();
    String place = archive + "!" + page.place();
    long bytes = page.wikitext().length();
    listener.in(bytes);
    var tags = new TreeMap<String, String>();
    put(tags, "title", page.title());
    put(tags, "date", page.date());
    put(tags, "author", page.author());
    put(tags, "address", page.address());
    put(tags, "page", page.id());
    try {
      Wikitext.Text text = read.text().get();
      if (!text.categories().isEmpty()) {
        put(tags, "categories", String.join("; ", text.categories()));
      }
      String source = page.address().isEmpty() ? place : page.address();
      String whole = text.text().isEmpty() ? "" : "# " + page.title() + "\n\n" + text.text();
      texts.given(whole, new TextOrigin(place, Extractor.clean(source), tags, null));
    } catch (ExecutionException e) {
      listener.skip(Skip.RECORD, null, place, String.valueOf(e.getCause()), bytes);
    } catch (IOException e) {
      extractor.refuse(e, true, place, bytes);
    }
  }

  private static void put(Map<String, String> tags, String name, String value) {
    if (!value.isEmpty()) {
      tags.put(name, Extractor.clean(value));
    }
  }
}
