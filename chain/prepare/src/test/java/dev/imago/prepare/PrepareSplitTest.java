package dev.imago.prepare;

import static dev.imago.prepare.Preparing.ids;
import static dev.imago.prepare.Preparing.many;
import static dev.imago.prepare.Preparing.read;
import static dev.imago.prepare.Preparing.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import dev.imago.fixtures.FakeRun;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is held out.
class PrepareSplitTest {
  private Preparing preparing;

  @BeforeEach
  void aFolderOfItsOwn(@TempDir Path temporary) {
    preparing = new Preparing(temporary);
  }

  @Test
  void aDocumentKeepsItsSideWhenOthersComeAndGo() throws Exception {
    Prepare.Outputs few = preparing.prepare(many(200), rules(0.2, 0), preparing.run(2));
    Prepare.Outputs more = preparing.prepare(many(400), rules(0.2, 0), preparing.run(2));
    var before = ids(read(few.corpus(), "heldout"));
    var after = ids(read(more.corpus(), "heldout"));
    assertTrue(before.size() > 20 && before.size() < 65, "held out " + before.size());
    assertTrue(after.containsAll(before));
    var both = new HashSet<>(after);
    both.retainAll(ids(read(more.corpus(), "train")));
    assertEquals(Set.of(), both);
    assertFalse(after.stream().anyMatch(ids(read(few.corpus(), "train"))::contains));
    assertNotEquals(
        before,
        ids(
            read(
                preparing.prepare(many(200), rules(0.2, 1), preparing.run(2)).corpus(),
                "heldout")));
  }

  @Test
  void bothSidesHaveAtLeastOneDocument() throws Exception {
    for (int count = 2; count < 12; count++) {
      int heldout = count < 10 ? 1 : 2;
      Prepare.Outputs out = preparing.prepare(many(count), rules(0.001, 0), preparing.run(1));
      assertEquals(heldout, read(out.corpus(), "heldout").size());
      assertEquals(count - heldout, read(out.corpus(), "train").size());
    }
  }

  @Test
  void notAllAreHeldOut() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      Prepare.Outputs out = preparing.prepare(many(2), rules(0.5, seed), preparing.run(1));
      assertEquals(1, read(out.corpus(), "heldout").size());
    }
  }

  @Test
  void ofOneDocumentTheEndIsHeldOut() throws Exception {
    FakeRun run = preparing.run(1);
    Prepare.Outputs out = preparing.prepare(many(1), rules(0.1, 0), run);
    String head = read(out.corpus(), "train").getFirst().text();
    Document tail = read(out.corpus(), "heldout").getFirst();
    assertEquals(many(1).getFirst().text().strip(), (head + tail.text()).strip());
    assertTrue(tail.text().length() < head.length(), head);
    assertEquals("doc-0#end", tail.id());
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("its end is held out")), "" + run.notes());
  }
}
