package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.fixtures.RandomText;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tokenizers of every kind against Hugging Face's: ids, spellings, offsets, words, masks and
/// decodings of random strings, ids of real text. See `conformance/README.md`.
///
/// `IMAGO_ZOO_STRINGS` says how many random strings a tokenizer gets; 100,000 take an hour.
@Tag("conformance")
class ZooConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final int STRINGS =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_ZOO_STRINGS", "2000"));

  /// Characters of real text; 50,000,000 to ask for all that there is.
  private static final int REAL =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_ZOO_TEXT", "1000000"));

  private static final int PIECE = 2000;

  @TempDir private static Path folder;
  private static Path texts;
  private static Path real;

  @BeforeAll
  static void makeTokenizers() throws IOException {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
    assumeTrue(Files.isDirectory(shared().resolve("data")), "there is no shared test data");
    String made = System.getenv("IMAGO_ZOO");
    if (made == null) {
      peer("make", shared(), folder);
    } else {
      copy(Path.of(made));
    }
    var random = new RandomText(41);
    List<String> strings = Stream.generate(random::next).limit(STRINGS).toList();
    texts = Files.write(folder.resolve("texts.json"), JSON.writeValueAsBytes(strings));
    real = Files.writeString(folder.resolve("real.txt"), realText());
  }

  private static void copy(Path made) throws IOException {
    try (Stream<Path> each = Files.list(made)) {
      for (Path one : each.toList()) {
        Path to = Files.createDirectories(folder.resolve(one.getFileName()));
        Files.copy(one.resolve("tokenizer.json"), to.resolve("tokenizer.json"));
      }
    }
  }

  private static Path shared() {
    String named = System.getenv("IMAGO_SHARED");
    return named == null ? ROOT.resolve("../shared") : Path.of(named);
  }

  private static String peer(Object... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(String.valueOf(System.getenv("IMAGO_PEERS")));
    command.add(ROOT.resolve("conformance/tokenizer_zoo.py").toString());
    Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("errors").toFile())
            .redirectOutput(log.toFile())
            .start();
    try {
      assertEquals(0, process.waitFor(), Files.readString(folder.resolve("errors")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return Files.readString(log);
  }

  /// English, Chinese and Java in turn.
  private static String realText() throws IOException {
    var text = new StringBuilder();
    for (String name : List.of("wikitext2", "thucnews", "zh_sentiment", "xquad", "instruct")) {
      try (Stream<Path> files = Files.walk(shared().resolve("data").resolve(name))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
          text.append(content, 0, Math.min(content.length(), Math.max(0, REAL / 8)));
        }
      }
    }
    Path archive = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    if (Files.exists(archive)) {
      try (var zip = new ZipFile(archive.toFile())) {
        var entries = zip.stream().filter(e -> e.getName().endsWith(".java")).iterator();
        while (entries.hasNext() && text.length() < REAL) {
          text.append(
              new String(
                  zip.getInputStream(entries.next()).readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    text.setLength(Math.min(text.length(), REAL));
    return text.toString().replace("\ufffd", "");
  }

  @TestFactory
  Stream<DynamicTest> everyTokenizerGivesWhatHuggingFaceGives() throws IOException {
    List<Path> tokenizers;
    try (Stream<Path> each = Files.list(folder)) {
      tokenizers = each.filter(Files::isDirectory).sorted().toList();
    }
    assertTrue(tokenizers.size() > 10, "too few tokenizers were made: " + tokenizers);
    return tokenizers.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    String.valueOf(one.getFileName()),
                    () -> {
                      Path file = one.resolve("tokenizer.json");
                      compare(file, Tokenizer.load(file));
                      Path again = one.resolve("written.json");
                      Files.write(again, Tokenizer.load(file).toJson());
                      compareReal(again, Tokenizer.load(again), file);
                    }));
  }

  private static void compare(Path file, Tokenizer ours) throws IOException {
    Path answers = file.resolveSibling("answers.jsonl");
    peer("answer", file, texts, answers);
    JsonNode strings = JSON.readTree(Files.readAllBytes(texts));
    var differences = new ArrayList<String>();
    try (BufferedReader lines = Files.newBufferedReader(answers)) {
      for (int i = 0; i < strings.size(); i++) {
        String text = strings.get(i).asString();
        String difference = difference(ours, text, JSON.readTree(lines.readLine()));
        if (!difference.isEmpty()) {
          differences.add(JSON.writeValueAsString(text) + ": " + difference);
        }
      }
    }
    assertEquals(
        List.of(),
        differences.subList(0, Math.min(5, differences.size())),
        differences.size() + " of " + strings.size() + " differ");
  }

  private static String difference(Tokenizer ours, String text, JsonNode theirs) {
    Encoding e = ours.encoding(text).in(OffsetUnit.CODE_POINTS, text);
    var out = new StringBuilder();
    differ(out, "ids", theirs.get("ids"), e.ids());
    differ(out, "tokens", theirs.get("tokens"), e.tokens());
    int[][] offsets = new int[e.size()][];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = new int[] {e.start(i), e.end(i)};
    }
    differ(out, "offsets", theirs.get("offsets"), offsets);
    differ(out, "types", theirs.get("types"), e.typeIds());
    Integer[] words =
        Arrays.stream(e.words()).mapToObj(w -> w < 0 ? null : w).toArray(Integer[]::new);
    differ(out, "words", theirs.get("words"), words);
    differ(out, "special", theirs.get("special"), e.specialTokensMask());
    int[] ordinary = ours.encodeOrdinary(text);
    if (Arrays.stream(ordinary).anyMatch(id -> meansSomething(ours, id))) {
      out.append("ordinary text gives a special token: ").append(Arrays.toString(ordinary));
    }
    // Theirs may spell one by its merges; ours never does.
    if (theirs.get("ordinary").valueStream().noneMatch(n -> meansSomething(ours, n.asInt()))) {
      differ(out, "ordinary", theirs.get("ordinary"), ordinary);
    }
    differ(out, "decoded", theirs.get("decoded"), ours.decode(e.ids()));
    differ(out, "skipped", theirs.get("skipped"), ours.decode(e.ids(), true));
    int[] wild = theirs.get("wild").valueStream().mapToInt(JsonNode::asInt).toArray();
    differ(
        out,
        "wild_decoded " + Arrays.toString(wild),
        theirs.get("wild_decoded"),
        ours.decode(wild));
    TextStream stream = ours.stream(false);
    var streamed = new StringBuilder();
    for (int id : wild) {
      String piece = stream.add(id);
      if (!piece.isEmpty()
          && (Character.isHighSurrogate(piece.charAt(piece.length() - 1))
              || Character.isLowSurrogate(piece.charAt(0)))) {
        out.append("half a character was streamed; ");
      }
      streamed.append(piece);
    }
    differ(
        out, "streamed", theirs.get("wild_decoded"), streamed.append(stream.finish()).toString());
    return out.toString();
  }

  /// Whether a token is special, and not one that unknown text becomes.
  private static boolean meansSomething(Tokenizer ours, int id) {
    return ours.special(id) && !ours.token(id).matches("<unk>|\\[UNK]|<0x[0-9A-F]{2}>");
  }

  private static void differ(StringBuilder out, String what, JsonNode theirs, Object ours) {
    JsonNode mine = JSON.readTree(JSON.writeValueAsString(ours));
    if (!mine.equals(theirs)) {
      out.append(what).append(" theirs ").append(theirs).append(" ours ").append(mine).append("; ");
    }
  }

  /// What we wrote must load there and give the same ids as here, on real text.
  private static void compareReal(Path written, Tokenizer ours, Path original) throws IOException {
    String text = Files.readString(real);
    MessageDigest sha = sha256();
    long count = 0;
    int points = 0;
    int from = 0;
    for (int at = 0; at < text.length(); ) {
      at += Character.charCount(text.codePointAt(at));
      if (++points == PIECE || at == text.length()) {
        for (int id : ours.encode(text.substring(from, at))) {
          sha.update(
              new byte[] {(byte) id, (byte) (id >> 8), (byte) (id >> 16), (byte) (id >> 24)});
          count++;
        }
        from = at;
        points = 0;
      }
    }
    String mine = HexFormat.of().formatHex(sha.digest()) + " " + count;
    assertEquals(peer("digest", original, real, PIECE).strip(), mine, "real text");
    assertEquals(peer("digest", written, real, PIECE).strip(), mine, "real text, as written again");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
