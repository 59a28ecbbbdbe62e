package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the BPE model of a `tokenizer.json`: merges as pairs, or as lines with a space between.
final class BpeReader {
  private BpeReader() {}

  static BpeModel read(Part part) {
    VocabularyTable table = VocabularyTable.read(part);
    double dropout = part.number("dropout", 0);
    if (!(dropout >= 0 && dropout <= 1)) {
      throw part.wrong("dropout", part.node().get("dropout"), "a probability in 0 … 1");
    }
    var options =
        new BpeModel.Options(
            dropout,
            part.stringOrNull("unk_token"),
            part.stringOrNull("continuing_subword_prefix"),
            part.stringOrNull("end_of_word_suffix"),
            part.bool("fuse_unk", false),
            part.bool("byte_fallback", false),
            part.bool("ignore_merges", false));
    return new BpeModel(table, merges(part, table, options.prefix()), options);
  }

  private static List<BpeModel.Merge> merges(Part part, VocabularyTable table, String prefix) {
    JsonNode list = part.node().path("merges");
    if (!list.isArray()) {
      throw part.wrong("merges", list, "a list");
    }
    var merges = new ArrayList<BpeModel.Merge>(list.size());
    int place = -1;
    for (JsonNode entry : list) {
      place++;
      String left;
      String right;
      if (entry.isString()) {
        String line = entry.stringValue();
        if (line.startsWith("#version")) {
          continue;
        }
        int space = line.indexOf(' ');
        if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
          throw wrong(part, place, entry, "two tokens with one space between");
        }
        left = line.substring(0, space);
        right = line.substring(space + 1);
      } else if (entry.isArray()
          && entry.size() == 2
          && entry.get(0).isString()
          && entry.get(1).isString()) {
        left = entry.get(0).stringValue();
        right = entry.get(1).stringValue();
      } else {
        throw wrong(part, place, entry, "a pair of strings");
      }
      int leftId = known(part, place, entry, table, left);
      int rightId = known(part, place, entry, table, right);
      String merged = left + rest(part, place, entry, right, prefix);
      merges.add(
          new BpeModel.Merge(
              leftId, rightId, known(part, place, entry, table, merged), merges.size()));
    }
    return merges;
  }

  /// What a token adds to the one before it: as in Hugging Face's, its bytes past the prefix's
  /// length, whether it starts with the prefix or not.
  private static String rest(Part part, int place, JsonNode entry, String right, String prefix) {
    if (right.startsWith(prefix)) {
      return right.substring(prefix.length());
    }
    byte[] bytes = right.getBytes(StandardCharsets.UTF_8);
    int from = prefix.getBytes(StandardCharsets.UTF_8).length;
    if (from > bytes.length || from < bytes.length && (bytes[from] & 0xc0) == 0x80) {
      throw wrong(part, place, entry, "a right token that starts with «" + prefix + "»");
    }
    return new String(Arrays.copyOfRange(bytes, from, bytes.length), StandardCharsets.UTF_8);
  }

  private static int known(
      Part part, int place, JsonNode entry, VocabularyTable table, String token) {
    int id = table.find(token);
    if (id < 0) {
      throw part.complaint(
          "model.merges[%d] is %s, but «%s» is not in model.vocab".formatted(place, entry, token));
    }
    return id;
  }

  private static IllegalArgumentException wrong(
      Part part, int place, JsonNode entry, String wanted) {
    String shown = entry.toString();
    return part.complaint(
        "model.merges[%d] is %s, where %s is needed"
            .formatted(place, shown.length() > 80 ? shown.substring(0, 80) + "…" : shown, wanted));
  }
}
