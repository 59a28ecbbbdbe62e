package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.core.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrawlListenerTest {
  @Test
  void whoIsWaitedForIsShownUntilAPageComes() {
    var shown = new ArrayList<String>();
    var progress =
        new Progress() {
          @Override
          public void add(long units) {
            shown.add("+" + units);
          }

          @Override
          public void remark(String text) {
            shown.add(text);
          }

          @Override
          public void close() {}
        };
    CrawlListener listener = CrawlListener.of(progress, shown::add);
    listener.waiting("a.example", 5_000);
    listener.waiting("a.example", 3_600_000);
    listener.page("https://a.example/1");
    listener.page("https://a.example/2");
    assertEquals(List.of("waits for a.example: 3,600 seconds", "", "+1", "+1"), shown);
  }
}
