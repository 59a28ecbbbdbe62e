package dev.imago.tokenizers.models;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Small vocabularies at random, of every kind of model with every option, as the JSON object of a
/// `tokenizer.json`; and strings of their letters and of others. Scores and merges are few, so that
/// ties are many.
final class RandomModels {
  private static final String[] LETTERS = {
    "a", "b", "c", "é", "漢", "字", "😀", "▁", "\u0301", "#", "-", " "
  };
  private static final String[] STRANGERS = {"z", "ß", "語", "🙂", "\u200d", "\0", "\n"};

  private final Random random;

  RandomModels(long seed) {
    random = new Random(seed);
  }

  private boolean coin() {
    return random.nextBoolean();
  }

  /// A string of letters, few of them strange.
  String text(int limit) {
    var text = new StringBuilder();
    int length = 1 + random.nextInt(limit);
    String run = LETTERS[random.nextInt(LETTERS.length)];
    boolean runs = random.nextInt(6) == 0;
    for (int i = 0; i < length; i++) {
      text.append(
          runs
              ? run
              : random.nextInt(12) == 0
                  ? STRANGERS[random.nextInt(STRANGERS.length)]
                  : LETTERS[random.nextInt(LETTERS.length)]);
    }
    return text.toString();
  }

  private List<String> letters() {
    var letters = new ArrayList<String>();
    for (String letter : LETTERS) {
      if (random.nextInt(8) != 0) {
        letters.add(letter);
      }
    }
    return letters;
  }

  /// Numbers tokens, with a gap here and there.
  private Map<String, Object> numbered(Iterable<String> tokens) {
    var ids = new LinkedHashMap<String, Object>();
    int id = 0;
    for (String token : tokens) {
      if (!ids.containsKey(token)) {
        id += random.nextInt(10) == 0 ? 2 : 1;
        ids.put(token, id);
      }
    }
    return ids;
  }

  private void addBytes(List<String> tokens) {
    boolean all = coin();
    for (int b = 0; b < 256; b++) {
      if (all || random.nextInt(4) != 0) {
        tokens.add("<0x%02X>".formatted(b));
      }
    }
  }

  Map<String, Object> next(int kind) {
    return switch (kind % 4) {
      case 0 -> bpe();
      case 1 -> unigram();
      case 2 -> wordPiece();
      default -> wordLevel();
    };
  }

  private Map<String, Object> bpe() {
    var model = new LinkedHashMap<String, Object>();
    String prefix = random.nextInt(4) == 0 ? "##" : "";
    String suffix = random.nextInt(4) == 0 ? "</w>" : "";
    boolean bytes = prefix.isEmpty() && suffix.isEmpty() && random.nextInt(3) == 0;
    boolean unknown = random.nextInt(4) != 0;
    var tokens = new ArrayList<String>();
    if (unknown) {
      tokens.add("<unk>");
    }
    if (bytes) {
      addBytes(tokens);
    }
    var heads = new ArrayList<String>();
    var tails = new ArrayList<String>();
    for (String letter : letters()) {
      heads.add(letter);
      tails.add(prefix + letter);
      if (!suffix.isEmpty() && coin()) {
        tails.add(prefix + letter + suffix);
        heads.add(letter + suffix);
      }
    }
    if (unknown && random.nextInt(6) == 0) {
      heads.add("<unk>");
    }
    Set<String> all = new HashSet<>(heads);
    all.addAll(tails);
    tokens.addAll(heads);
    tokens.addAll(tails);
    var merges = new ArrayList<Object>();
    boolean pairs = coin();
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      List<String> lefts = coin() ? heads : tails;
      String left = lefts.get(random.nextInt(lefts.size()));
      String right = tails.get(random.nextInt(tails.size()));
      String merged = left + right.substring(prefix.length());
      boolean legacy = !pairs && !left.contains(" ") && !right.contains(" ");
      merges.add(legacy ? left + " " + right : List.of(left, right));
      if (all.add(merged)) {
        tokens.add(merged);
        (merged.startsWith(prefix) ? tails : heads).add(merged);
        heads.add(merged);
      }
    }
    if (random.nextInt(3) == 0) {
      tokens.add(text(4));
    }
    model.put("type", "BPE");
    model.put("dropout", random.nextInt(10) == 0 ? 1.0 : null);
    model.put("unk_token", unknown ? "<unk>" : null);
    model.put("continuing_subword_prefix", prefix.isEmpty() ? null : prefix);
    model.put("end_of_word_suffix", suffix.isEmpty() ? null : suffix);
    model.put("fuse_unk", coin());
    model.put("byte_fallback", bytes);
    model.put("ignore_merges", random.nextInt(3) == 0);
    model.put("vocab", numbered(tokens));
    // A list of one kind only, as the peers read it.
    boolean mixed = merges.stream().anyMatch(m -> m instanceof List<?>);
    model.put(
        "merges",
        mixed
            ? merges.stream().map(m -> m instanceof String s ? List.of(s.split(" ")) : m).toList()
            : merges);
    return model;
  }

  private Map<String, Object> unigram() {
    var tokens = new ArrayList<String>();
    tokens.add("<unk>");
    boolean bytes = random.nextInt(3) == 0;
    if (bytes) {
      addBytes(tokens);
    }
    tokens.addAll(letters());
    for (int i = random.nextInt(60); i > 0; i--) {
      tokens.add(text(5));
    }
    boolean ties = coin();
    var scored = new ArrayList<Object>();
    for (String token : tokens) {
      scored.add(List.of(token, ties ? -random.nextInt(4) : -10 * random.nextDouble()));
    }
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "Unigram");
    model.put("unk_id", random.nextInt(8) == 0 ? random.nextInt(tokens.size()) : 0);
    model.put("vocab", scored);
    model.put("byte_fallback", bytes);
    return model;
  }

  private Map<String, Object> wordPiece() {
    String prefix = List.of("##", "#", "").get(random.nextInt(3));
    var tokens = new ArrayList<String>();
    tokens.add("[UNK]");
    for (String letter : letters()) {
      tokens.add(letter);
      tokens.add(prefix + letter);
    }
    for (int i = random.nextInt(60); i > 0; i--) {
      tokens.add((coin() ? "" : prefix) + text(5));
    }
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "WordPiece");
    model.put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", prefix);
    model.put("max_input_chars_per_word", coin() ? 100 : 1 + random.nextInt(20));
    model.put("vocab", numbered(tokens));
    return model;
  }

  private Map<String, Object> wordLevel() {
    var tokens = new ArrayList<String>(letters());
    tokens.add("<unk>");
    for (int i = random.nextInt(40); i > 0; i--) {
      tokens.add(text(3));
    }
    var model = new LinkedHashMap<String, Object>();
    model.put("type", "WordLevel");
    model.put("vocab", numbered(tokens));
    model.put("unk_token", "<unk>");
    return model;
  }

  /// The `tokenizer.json` of a model and nothing else.
  static Map<String, Object> file(Map<String, Object> model) {
    var file = new LinkedHashMap<String, Object>();
    file.put("version", "1.0");
    file.put("truncation", null);
    file.put("padding", null);
    file.put("added_tokens", List.of());
    file.put("normalizer", null);
    file.put("pre_tokenizer", null);
    file.put("post_processor", null);
    file.put("decoder", null);
    file.put("model", model);
    return file;
  }
}
