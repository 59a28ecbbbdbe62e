package dev.imago.console.shelf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.console.WrittenWorkspace;
import dev.imago.core.Ref;
import dev.imago.data.Document;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Documents that are found by an index are those that reading all of them finds.
@Timeout(300)
class DocumentIndexTest {
  private static final List<String> RULES = List.of("too-short", "lines", "repeats");
  private static final Ref REF = new Ref("corpus", "1".repeat(64));

  /// Bytes of a slice with its checksum.
  private static final int SLICE = DocumentIndex.SEGMENT / 8 + 4;

  @TempDir Path folder;

  private final List<Document> documents = new ArrayList<>();

  private Path corpus() {
    var random = new Random(5);
    for (int i = 0; i < 6_000; i++) {
      var text = new StringBuilder();
      for (int word = random.nextInt(40); word >= 0; word--) {
        text.append("word").append((int) (random.nextDouble() * random.nextInt(5_000)));
        text.append(random.nextInt(9) == 0 ? "\n" : " ");
      }
      if (i % 500 == 7) {
        text.append("模型训练 Straße’s end.");
      }
      documents.add(
          new Document(
              Integer.toHexString(i * 0x9e3779b9) + "-" + i,
              text.toString(),
              "https://example.org/site%d/page%d".formatted(i % 11, i),
              i % 3 == 0 ? Map.of("rule", RULES.get(i / 3 % 3), "measured", "0.5") : Map.of()));
    }
    return new WrittenWorkspace(folder).corpus('1', "rejects", documents, List.of());
  }

  private static DocumentSearch.Wish wish(String id, String source, String rule, String word) {
    return new DocumentSearch.Wish("rejects", id, source, rule, word, 0);
  }

  /// All pages of a search.
  private List<String> ids(DocumentIndex index, DocumentSearch.Wish wish) throws IOException {
    var ids = new ArrayList<String>();
    DocumentSearch.Wish next = wish;
    while (true) {
      DocumentSearch.Found found = index.find(next, Long.MAX_VALUE);
      assertEquals("", found.problem());
      for (int i = 0; i < found.documents().size(); i++) {
        Document document = found.documents().get(i);
        assertEquals(document, documents.get((int) (long) found.places().get(i)));
        ids.add(document.id());
      }
      if (found.next() < 0) {
        return ids;
      }
      next =
          new DocumentSearch.Wish(
              wish.part(), wish.id(), wish.source(), wish.rule(), wish.word(), found.next());
    }
  }

  @Test
  void findsWhatReadingAllFinds() throws Exception {
    Path corpus = corpus();
    Path file = folder.resolve("i.documents");
    var done = new AtomicLong();
    DocumentIndex.write(file, corpus, "rejects", done);
    assertEquals(6_000, done.get());
    DocumentIndex index = DocumentIndex.open(file);
    assertEquals(6_000, index.documents());
    var wishes =
        new ArrayList<>(
            List.of(
                wish("", "", "", "word17"),
                wish("", "", "", "WORD4000"),
                wish("", "", "", "模型"),
                wish("", "", "", "训"),
                wish("", "", "", "型训练 straße"),
                wish("", "", "", "word400*"),
                wish("", "", "", "ord17"),
                wish("", "", "", "word17 word3"),
                wish("", "", "", "nowhere"),
                wish("", "", "", "lines"),
                wish("", "", "repeats", ""),
                wish("", "", "no-rule", ""),
                wish("", "site7/page*", "", ""),
                wish("", "example.org/site7/page5*", "lines", "word1"),
                wish("", "https://example.org/site3/page1213", "", ""),
                wish("", "", "", "")));
    for (int i : new int[] {0, 1, 700, 5_999}) {
      String id = documents.get(i).id();
      wishes.add(wish(id, "", "", ""));
      wishes.add(wish(id.substring(0, 1), "", "", ""));
      wishes.add(wish(id.substring(0, Math.min(10, id.length())), "", "", ""));
    }
    int some = 0;
    for (DocumentSearch.Wish wish : wishes) {
      List<String> expected =
          documents.stream()
              .filter(document -> DocumentSearch.admits(wish, document))
              .map(Document::id)
              .toList();
      assertEquals(expected, ids(index, wish), wish.toString());
      some += expected.isEmpty() ? 0 : 1;
    }
    assertTrue(some > wishes.size() / 2, some + " of " + wishes.size() + " find something");
  }

  /// How many documents are found, however slow the machine is.
  private static int count(Path corpus, DocumentSearch.Wish wish, DocumentIndexes indexes) {
    int count = 0;
    for (long from = 0; from >= 0; ) {
      DocumentSearch.Wish next =
          new DocumentSearch.Wish(
              wish.part(), wish.id(), wish.source(), wish.rule(), wish.word(), from);
      DocumentSearch.Found found = DocumentSearch.find(REF, corpus, next, indexes);
      count += found.documents().size();
      from = found.next();
    }
    return count;
  }

  @Test
  void wordsAreWholeOnes() {
    assertTrue(DocumentTerms.mentions("The tokens, of it", "TOKENS"));
    assertFalse(DocumentTerms.mentions("The tokens of it", "token"));
    assertTrue(DocumentTerms.mentions("The tokens of it", "token*"));
    assertTrue(DocumentTerms.mentions("今天训练模型", "训练"));
    assertTrue(DocumentTerms.mentions("用GPT训练", "gpt"));
    assertTrue(DocumentTerms.mentions("anything", ""));
  }

  @Test
  void aDamagedCopyIsNoneAndTheDocumentsAreRead() throws Exception {
    Path corpus = corpus();
    Path file = folder.resolve("console/" + REF.kind() + "-" + REF.hash() + "-rejects.documents");
    DocumentIndex.write(file, corpus, "rejects", new AtomicLong());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThrows(IOException.class, () -> DocumentIndex.open(file));
    DocumentSearch.Wish wish = wish("", "", "", "模型");
    try (var indexes = new DocumentIndexes(folder.resolve("console"))) {
      assertEquals(12, count(corpus, wish, indexes));
      // Blocks that are no longer what they were, under a table that is.
      Arrays.fill(whole, 8, 60_000, (byte) 7);
      Files.write(file, whole);
      assertEquals(12, count(corpus, wish, indexes));
      assertFalse(Files.exists(file), "it is made anew");
      assertEquals(12, count(corpus, wish, indexes));
    }
  }

  /// An index whose slices somebody changed.
  private Path changed(UnaryOperator<byte[]> slices) throws IOException {
    Path file = folder.resolve("console/" + REF.kind() + "-" + REF.hash() + "-rejects.documents");
    DocumentIndex.write(file, corpus(), "rejects", new AtomicLong());
    byte[] whole = Files.readAllBytes(file);
    int table = (int) ByteBuffer.wrap(whole, whole.length - 24, 8).getLong();
    int from = table - DocumentIndex.BITS * SLICE; // 6,000 documents are one segment
    byte[] other = slices.apply(Arrays.copyOfRange(whole, from, table));
    System.arraycopy(other, 0, whole, from, other.length);
    Files.write(file, whole);
    return file;
  }

  @Test
  void aSliceIsCheckedWhenItIsReadAndNoSooner() throws Exception {
    Path file =
        changed(
            slices -> {
              Arrays.fill(slices, 0, slices.length / 2, (byte) 0);
              return slices;
            });
    DocumentIndex index = DocumentIndex.open(file);
    int whole = 0;
    int damaged = 0;
    for (int i = 0; i < 300; i++) {
      DocumentSearch.Wish wish = wish("", "", "", "word" + i);
      try {
        List<String> found = ids(index, wish);
        assertEquals(
            documents.stream()
                .filter(document -> DocumentSearch.admits(wish, document))
                .map(Document::id)
                .toList(),
            found);
        whole++;
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("is damaged: the checksum of slice"), e.getMessage());
        damaged++;
      }
    }
    assertTrue(whole > 0 && damaged > whole, whole + " and " + damaged);
  }

  @Test
  void aSliceInAnothersPlaceIsFoundOut() throws Exception {
    Path file =
        changed(
            slices -> {
              byte[] turned = new byte[slices.length];
              System.arraycopy(slices, 0, turned, SLICE, slices.length - SLICE);
              System.arraycopy(slices, slices.length - SLICE, turned, 0, SLICE);
              return turned;
            });
    DocumentIndex index = DocumentIndex.open(file);
    assertThrows(IOException.class, () -> index.find(wish("", "", "", "模型"), Long.MAX_VALUE));
  }

  @Test
  void aTableThatIsNoLongerWhatItWasIsNotOpened() throws Exception {
    Path file = changed(slices -> slices);
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 40] ^= 1;
    Files.write(file, whole);
    assertThrows(IOException.class, () -> DocumentIndex.open(file));
  }

  @Test
  void aBlocksChecksumIsCompared() throws Exception {
    Path file = changed(slices -> slices);
    byte[] whole = Files.readAllBytes(file);
    int table = (int) ByteBuffer.wrap(whole, whole.length - 24, 8).getLong();
    int length = ByteBuffer.wrap(whole).getInt(table + 8);
    whole[8 + length - 1] ^= 1; // the last byte of the first block: of its checksum
    Files.write(file, whole);
    DocumentIndex index = DocumentIndex.open(file);
    assertThrows(IOException.class, () -> index.find(wish("", "", "", ""), Long.MAX_VALUE));
  }

  @Test
  void aDamagedSliceCostsTheIndexWhichIsMadeAnewWhileTheDocumentsAreRead() throws Exception {
    Path file =
        changed(
            slices -> {
              Arrays.fill(slices, (byte) 0);
              return slices;
            });
    Path corpus = folder.resolve("artifacts/corpus/" + REF.hash());
    DocumentSearch.Wish wish = wish("", "", "", "模型");
    try (var indexes = new DocumentIndexes(folder.resolve("console"), 1)) {
      assertEquals(Optional.empty(), made(indexes, corpus, wish), "it was damaged");
      while (indexes.making(REF, "rejects").isPresent()) {
        Thread.sleep(5);
      }
      assertTrue(Files.exists(file));
      DocumentIndex anew = made(indexes, corpus, wish).orElseThrow();
      assertEquals(12, ids(anew, wish).size());
      assertEquals(12, count(corpus, wish, indexes));
    }
  }

  /// The index after a search, which found all; none where it is being made, and the page says so.
  private static Optional<DocumentIndex> made(
      DocumentIndexes indexes, Path corpus, DocumentSearch.Wish wish) {
    DocumentIndex before = indexes.of(REF, corpus, "rejects").orElseThrow();
    DocumentSearch.Found found = DocumentSearch.find(REF, corpus, wish, indexes);
    assertEquals("", found.problem());
    Optional<DocumentIndex> after = indexes.of(REF, corpus, "rejects");
    return after.filter(index -> index == before);
  }
}
