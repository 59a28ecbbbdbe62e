package dev.imago.text;

import dev.imago.text.added.AddedToken;
import dev.imago.text.decoders.Decoder;
import dev.imago.text.models.Model;
import dev.imago.text.normalizers.Normalizer;
import dev.imago.text.pretokenizers.PreTokenizer;
import dev.imago.text.processors.PostProcessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a tokenizer is made of: the parts of a `tokenizer.json`, whatever file they come from.
///
/// @param postProcessor null where nothing is put around a text
/// @param decoder null where tokens are joined by blanks
/// @param added tokens that are found before the text is cut, in the order of the file
public record TokenizerParts(
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    Model model,
    @Nullable PostProcessor postProcessor,
    @Nullable Decoder decoder,
    List<AddedToken> added,
    @Nullable Truncation truncation,
    @Nullable Padding padding) {
  public TokenizerParts {
    added = List.copyOf(added);
  }
}
