package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.imago.fixtures.Cases;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whole files of tokenizers, broken in every way that chance finds. `conformance/fuzz` looks
/// further, led by what code is reached.
class FileFuzzTest {
  private static final int MUTANTS = Cases.of(5_000);

  @Test
  void wholeSeedsAreTokenizers() {
    for (byte[] seed : FileFuzz.seeds()) {
      assertDoesNotThrow(
          () -> new Tokenizer(TokenizerFiles.read(FileFuzz.NAME, seed)),
          () -> new String(seed, StandardCharsets.UTF_8));
      FileFuzz.fuzzerTestOneInput(seed);
    }
  }

  @Test
  void whateverBreaksAFileItHasOneMessageOrWorks() {
    var random = new Random(23);
    List<byte[]> seeds = FileFuzz.seeds();
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutate(seeds.get(random.nextInt(seeds.size())), seeds, random);
      assertDoesNotThrow(
          () -> FileFuzz.fuzzerTestOneInput(mutant),
          () -> Base64.getEncoder().encodeToString(mutant));
    }
  }

  private static byte[] mutate(byte[] from, List<byte[]> seeds, Random random) {
    byte[] content = from.clone();
    for (int n = random.nextInt(4); n >= 0; n--) {
      int at = random.nextInt(content.length + 1);
      int to = Math.min(content.length, at + random.nextInt(random.nextBoolean() ? 4 : 64));
      content =
          switch (random.nextInt(5)) {
            case 0 -> { // another byte
              byte[] changed = content.clone();
              if (at < changed.length) {
                changed[at] = (byte) (random.nextBoolean() ? random.nextInt() : changed[at] ^ 1);
              }
              yield changed;
            }
            case 1 -> join(Arrays.copyOf(content, at), new byte[0], content, to); // a gap
            case 2 -> // a part twice
                join(Arrays.copyOf(content, to), Arrays.copyOfRange(content, at, to), content, to);
            case 3 -> { // a part of another file
              byte[] other = seeds.get(random.nextInt(seeds.size()));
              int start = random.nextInt(other.length);
              int end = Math.min(other.length, start + random.nextInt(64));
              yield join(
                  Arrays.copyOf(content, at), Arrays.copyOfRange(other, start, end), content, to);
            }
            default -> Arrays.copyOf(content, at); // cut short
          };
    }
    return content;
  }

  private static byte[] join(byte[] head, byte[] middle, byte[] tail, int from) {
    byte[] all = Arrays.copyOf(head, head.length + middle.length + tail.length - from);
    System.arraycopy(middle, 0, all, head.length, middle.length);
    System.arraycopy(tail, from, all, head.length + middle.length, tail.length - from);
    return all;
  }
}
