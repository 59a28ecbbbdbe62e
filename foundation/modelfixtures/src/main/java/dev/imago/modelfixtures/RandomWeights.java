package dev.imago.modelfixtures;

import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.function.BiConsumer;

/// The weights of a model that nobody trained.
///
/// @param random draws them, in the order of the shape's tensors
/// @param scale the standard deviation of matrices; 0 makes every token equally likely
/// @param spread that of vectors around 1; 0 draws none
public record RandomWeights(Random random, float scale, float spread) {
  /// Writes `model.safetensors`.
  public void write(Path folder, ModelShape shape) throws IOException {
    write(folder, shape, (name, values) -> {});
  }

  /// Writes `model.safetensors`.
  ///
  /// @param change what is done to the tensor of a name
  public void write(Path folder, ModelShape shape, BiConsumer<String, float[]> change)
      throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, lengths) -> {
              long size = 1;
              for (long length : lengths) {
                size *= length;
              }
              float[] values = new float[Math.toIntExact(size)];
              for (int i = 0; i < values.length; i++) {
                values[i] =
                    lengths.length == 1 ? ofVector() : scale * (float) random.nextGaussian();
              }
              change.accept(name, values);
              tensors.put(name, HostTensor.of(values, lengths));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
  }

  private float ofVector() {
    return spread == 0 ? 1 : 1 + spread * (float) random.nextGaussian();
  }
}
