package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class PlaceTest {
  /// What makes a tensor of nothing else, and where it is, in the machine's memory. Who asks how
  /// fast the processors are, or takes a matrix apart on them, may.
  private static final Pattern MAKES =
      Pattern.compile(
          "(?<![.\\w])torch\\s*\\.\\s*(zeros|ones|empty|full|eye|arange|tensor|from_blob)\\(");

  private static final List<String> MAY =
      List.of("Place.java", "Libtorch.java", "PrincipalParts.java", "ProcessGroup.java");

  @Test
  void tensorsAreMadeWhereTheyBelong() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/imago/torch"))) {
      List<String> made =
          files
              .filter(file -> !MAY.contains(file.getFileName().toString()))
              .filter(file -> MAKES.matcher(text(file)).find())
              .map(file -> file.getFileName().toString())
              .toList();
      assertEquals(List.of(), made, "these make tensors past their Place");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatIsMadeHasTheNumbersThatItWasGiven() {
    Libtorch.load();
    try (PointerScope _ = new PointerScope()) {
      for (Place.Kind kind : List.of(Place.Kind.HOST, Place.Kind.MIRROR)) {
        var place = new Place(kind, 0);
        float[] values = {1.5f, -2, Float.NEGATIVE_INFINITY};
        assertArrayEquals(values, Libtorch.floats(place.floats(values, 3, 1)));
        assertArrayEquals(new long[] {7, -1}, Libtorch.longs(place.longs(new int[] {7, -1})));
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, Libtorch.floats(place.eye(2, 3)));
        assertArrayEquals(new float[] {0.25f}, Libtorch.floats(place.number(0.25)));
        assertEquals(Place.HOST, Place.of(place.empty(2)));
      }
    }
  }

  @Test
  void aMirrorIsFilledWhenItIsAskedForAndGivenBackWhenItWasHandedOut() {
    Libtorch.load();
    var place = new Place(Place.Kind.MIRROR, 0);
    try (var numbers = new Mirrored(place, place.zeros(2))) {
      numbers.memory().setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 1, 3);
      assertArrayEquals(new float[] {0, 0}, Libtorch.floats(numbers.tensor()));
      numbers.settle();
      assertArrayEquals(new float[] {0, 3}, Libtorch.floats(numbers.tensor()));
      try (PointerScope _ = new PointerScope()) {
        numbers.tensor().mul_(new org.bytedeco.pytorch.Scalar(2.0));
      }
      numbers.changed();
      assertEquals(6, numbers.memory().getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 1));
    }
  }
}
