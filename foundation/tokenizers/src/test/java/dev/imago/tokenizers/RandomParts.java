// Past 400 lines: a maker for each kind of part.
package dev.imago.tokenizers;

import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes up parts of a `tokenizer.json`, every kind with all its settings, and tokens that are hard
/// on them.
final class RandomParts {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Words that are hard on decoders and on trimming, each a token. The first is the unknown one.
  static final List<String> WORDS = words();

  private static List<String> words() {
    var words =
        new ArrayList<>(
            List.of(
                "[UNK]",
                "[CLS]",
                "[SEP]",
                "<s>",
                "</s>",
                "<pad>",
                "a",
                "b",
                "ab",
                "Ġ",
                "Ġa",
                "ĠĠa",
                "aĠ",
                "ĠĠ",
                " ",
                " a",
                "a ",
                "  ",
                "\u00a0b\u3000",
                "▁",
                "▁a",
                "▁▁",
                "a▁b",
                "##a",
                "##",
                "##.",
                ".",
                "?",
                ",",
                "'",
                "' ",
                "n't",
                "do",
                "do not",
                " 's",
                "a .",
                "a</w>",
                "</w>",
                "b</w>c</w>",
                "<",
                "/w>",
                "H",
                "HH",
                "HHa",
                "aHH",
                "aHHH",
                "HaH",
                "é",
                "漢",
                "😀",
                "😀😁",
                "Ã",
                "©",
                "Ã©",
                "ðŁĺ",
                "Ģ",
                "ł",
                "<0x41>",
                "<0xC3>",
                "<0xc3>",
                "<0xA9>",
                "<0xE6>",
                "<0xBC>",
                "<0xA2>",
                "<0xFF>",
                "<0x+1>",
                "<0x0>",
                "<0x0G>",
                "<0x20>",
                "x<0x41>",
                "<0x41>x",
                "h",
                "|h",
                "xx",
                "xax",
                "\n",
                "é é"));
    for (int b : new int[] {0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x81, 0xe0, 0x9f, 0xf4, 0x90}) {
      words.add("<0x%02X>".formatted(b));
      words.add(String.valueOf(ByteLevel.spell(b)));
    }
    return words.stream().distinct().filter(w -> !w.contains("|")).toList();
  }

  final Random random;
  private int mostStop = 2;

  RandomParts(long seed) {
    random = new Random(seed);
  }

  /// A `tokenizer.json` of a tokenizer that splits at bars, each piece a token.
  static Map<String, @Nullable Object> file(List<String> words) {
    var file = new LinkedHashMap<String, @Nullable Object>();
    file.put("version", "1.0");
    for (String part :
        List.of("truncation", "padding", "normalizer", "post_processor", "decoder")) {
      file.put(part, null);
    }
    file.put("added_tokens", List.of());
    file.put(
        "pre_tokenizer",
        Map.of(
            "type",
            "Split",
            "pattern",
            Map.of("String", "|"),
            "behavior",
            "Removed",
            "invert",
            false));
    var ids = new LinkedHashMap<String, Integer>();
    words.forEach(w -> ids.put(w, ids.size()));
    file.put("model", Map.of("type", "WordLevel", "vocab", ids, "unk_token", "[UNK]"));
    return file;
  }

  /// What that tokenizer makes of such tokens with bars between them.
  static Encoding encoding(List<String> words) {
    Encoding.Builder out = Encoding.builder();
    int at = 0;
    for (String word : words) {
      out.add(WORDS.indexOf(word), word, at, at + word.length(), out.size(), 0, false);
      at += word.length() + 1;
    }
    return out.build();
  }

  /// Up to `most` of the tokens.
  List<String> text(int most) {
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> any(WORDS)).toList();
  }

  static Part part(Object json) {
    return new Part("tokenizer.json", "part", JSON.valueToTree(json));
  }

  static JsonNode json(Object value) {
    return JSON.valueToTree(value);
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// Tokens without a character of two units, so that positions are the same to all.
  List<String> plainText(int most) {
    List<String> plain = WORDS.stream().filter(w -> w.codePoints().count() == w.length()).toList();
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> any(plain)).toList();
  }

  /// Some of the letters.
  String string(List<String> letters, int least, int most) {
    var out = new StringBuilder();
    for (int n = least + random.nextInt(most - least + 1); n > 0; n--) {
      out.append(any(letters));
    }
    return out.toString();
  }

  private boolean yes() {
    return random.nextBoolean();
  }

  /// One of `post_processor`, or none.
  @Nullable Object postProcessor() {
    return switch (random.nextInt(7)) {
      case 0 -> null;
      case 1 -> Map.of("type", "Sequence", "processors", processors());
      default -> oneProcessor(random.nextInt(4));
    };
  }

  private List<Object> processors() {
    var list = new ArrayList<Object>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      // A template takes only what has not been cut into pieces.
      list.add(oneProcessor(random.nextInt(list.isEmpty() ? 4 : 3)));
    }
    return list;
  }

  private Object oneProcessor(int kind) {
    return switch (kind) {
      case 0 -> Map.of("type", "BertProcessing", "sep", special(), "cls", special());
      case 1 ->
          Map.of(
              "type",
              "RobertaProcessing",
              "sep",
              special(),
              "cls",
              special(),
              "trim_offsets",
              yes(),
              "add_prefix_space",
              yes());
      case 2 ->
          Map.of(
              "type",
              "ByteLevel",
              "trim_offsets",
              yes(),
              "add_prefix_space",
              yes(),
              "use_regex",
              yes());
      default ->
          Map.of(
              "type",
              "TemplateProcessing",
              "single",
              template(List.of("A")),
              "pair",
              template(List.of("A", "B")),
              "special_tokens",
              Map.of(
                  "one",
                  Map.of("id", "one", "ids", List.of(1), "tokens", List.of("[CLS]")),
                  "many",
                  Map.of("id", "many", "ids", List.of(3, 4), "tokens", List.of("<s>", "</s>"))));
    };
  }

  private List<Object> special() {
    int id = 1 + random.nextInt(4);
    return List.of(WORDS.get(id), id);
  }

  private List<Object> template(List<String> texts) {
    var template = new ArrayList<Object>();
    for (String text : texts) {
      names(template);
      template.add(Map.of("Sequence", Map.of("id", text, "type_id", random.nextInt(3))));
    }
    names(template);
    if (random.nextInt(6) == 0) {
      template.add(Map.of("Sequence", Map.of("id", any(texts), "type_id", random.nextInt(3))));
    }
    return template;
  }

  private void names(List<Object> template) {
    for (int i = random.nextInt(3); i > 0; i--) {
      template.add(
          Map.of(
              "SpecialToken", Map.of("id", yes() ? "one" : "many", "type_id", random.nextInt(3))));
    }
  }

  /// A `truncation`, or none.
  @Nullable Object truncation() {
    return random.nextInt(3) == 0
        ? null
        : Map.of(
            "direction",
            yes() ? "Left" : "Right",
            "max_length",
            random.nextInt(14),
            "strategy",
            any(List.of("LongestFirst", "LongestFirst", "OnlyFirst", "OnlySecond")),
            "stride",
            random.nextInt(3));
  }

  /// A `padding`, or none.
  @Nullable Object padding() {
    if (yes()) {
      return null;
    }
    return Map.of(
        "strategy",
        yes() ? "BatchLongest" : Map.of("Fixed", random.nextInt(20)),
        "direction",
        yes() ? "Left" : "Right",
        "pad_to_multiple_of",
        random.nextInt(6),
        "pad_id",
        5,
        "pad_type_id",
        random.nextInt(3),
        "pad_token",
        "<pad>");
  }

  /// Makes up only what breaks no peer, one that would take this process along.
  RandomParts tame() {
    mostStop = 0;
    return this;
  }

  /// One of `decoder`, or none.
  @Nullable Object decoder() {
    return switch (random.nextInt(4)) {
      case 0 ->
          Map.of(
              "type",
              "Sequence",
              "decoders",
              IntStream.range(0, random.nextInt(5)).mapToObj(i -> oneDecoder()).toList());
      case 1 -> random.nextInt(8) == 0 ? null : usualDecoder();
      default -> oneDecoder();
    };
  }

  /// What Llama 2 has.
  static Object usualDecoder() {
    return Map.of(
        "type",
        "Sequence",
        "decoders",
        List.of(
            Map.of("type", "Replace", "pattern", Map.of("String", "▁"), "content", " "),
            Map.of("type", "ByteFallback"),
            Map.of("type", "Fuse"),
            Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0)));
  }

  private Object oneDecoder() {
    return switch (random.nextInt(9)) {
      case 0 ->
          Map.of(
              "type",
              "ByteLevel",
              "trim_offsets",
              yes(),
              "add_prefix_space",
              yes(),
              "use_regex",
              yes());
      case 1 ->
          Map.of(
              "type",
              "WordPiece",
              "prefix",
              any(List.of("##", "##", "a", "", "▁")),
              "cleanup",
              yes());
      case 2 -> Map.of("type", "ByteFallback");
      case 3 -> Map.of("type", "Fuse");
      case 4 ->
          Map.of(
              "type",
              "Strip",
              "content",
              any(List.of(" ", "H", "😀", "a")),
              "start",
              random.nextInt(3),
              "stop",
              // More than there is to take off breaks the peers.
              mostStop == 0 ? 0 : random.nextInt(mostStop + 1));
      case 5 ->
          Map.of(
              "type",
              "Replace",
              "pattern",
              yes()
                  ? Map.of("String", any(List.of("▁", "a", "HH", "</w>", "", "é é", "😀", ". ")))
                  : Map.of("Regex", any(List.of("[aH]+", "x*", "^ ", "\\s+$", "(a)(b)"))),
              "content",
              any(List.of(" ", "", "a", "$1", "▁")));
      case 6 ->
          Map.of(
              "type",
              "Metaspace",
              "replacement",
              any(List.of("▁", "▁", "_", "H", "😀")),
              "prepend_scheme",
              any(List.of("always", "first", "never")),
              "split",
              yes());
      case 7 -> Map.of("type", "BPEDecoder", "suffix", any(List.of("</w>", "</w>", "a", "", "HH")));
      default ->
          Map.of(
              "type",
              "CTC",
              "pad_token",
              any(List.of("<pad>", "a", "")),
              "word_delimiter_token",
              any(List.of("▁", "h", "")),
              "cleanup",
              yes());
    };
  }
}
