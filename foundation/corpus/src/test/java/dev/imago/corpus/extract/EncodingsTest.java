package dev.imago.corpus.extract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.NotTextException;
import dev.imago.data.TextReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The encodings of the files that `chardet` is tested with.
class EncodingsTest {
  private static Path shared(String name) {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    return (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data/" + name);
  }

  /// The encoding that a folder is named after, as Java has it: supersets where they are usual.
  private static Charset charset(String folder) {
    String name =
        folder.toLowerCase(Locale.ROOT).replaceFirst("^(iso-8859-\\d+|windows-\\d+)-.*", "$1");
    return Charset.forName(
        switch (name) {
          case "gb2312" -> "GB18030";
          case "big5" -> "Big5-HKSCS";
          case "shift_jis", "cp932" -> "windows-31j";
          case "euc-kr" -> "x-windows-949";
          case "johab" -> "x-Johab";
          case "maccyrillic" -> "x-MacCyrillic";
          case "macroman" -> "x-MacRoman";
          case "utf-8-sig", "ascii" -> "UTF-8";
          default -> name;
        });
  }

  @Test
  void nearlyAllAreToldAndAllOfChina() throws IOException {
    Path file = shared("chardet/chardet-tests-half.tar.gz");
    Assumptions.assumeTrue(Files.exists(file), "no shared data: " + file);
    // All of them, where more cases are asked for: each costs a judgement of twenty readings.
    int every = System.getenv("IMAGO_CASES") == null ? 5 : 1;
    int number = 0;
    int all = 0;
    var wrong = new ArrayList<String>();
    try (var in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      var tar = new TarReader(in);
      for (var entry = tar.next(); entry != null; entry = tar.next()) {
        boolean china = entry.name().contains("/GB") || entry.name().contains("/Big5");
        if (!china && every > 1 && ++number % every > 0) {
          continue;
        }
        byte[] bytes = tar.content().readAllBytes();
        String[] path = entry.name().split("/");
        Charset charset = charset(path[path.length - 2]);
        all++;
        String text = new String(bytes, charset).replace("\ufeff", "");
        String found;
        String label = "";
        try {
          var reader = new TextReader(new ByteArrayInputStream(bytes), null);
          found = reader.readAll();
          label = reader.encoding().label();
        } catch (NotTextException e) {
          found = "";
          label = e.getMessage();
        }
        if (!text.equals(found)) {
          wrong.add(entry.name() + " as " + label);
        }
      }
    }
    assertEquals(every == 1 ? 213 : 61, all);
    assertTrue(wrong.size() <= Math.max(1, 0.02 * all), wrong.size() + " of " + all + ": " + wrong);
    assertEquals(
        List.of(), wrong.stream().filter(w -> w.contains("/GB") || w.contains("/Big5")).toList());
  }
}
