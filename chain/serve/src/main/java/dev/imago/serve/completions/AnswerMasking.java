package dev.imago.serve.completions;

import dev.imago.dialogue.AnswerPart;
import dev.imago.masking.BlockedTextException;
import dev.imago.masking.JsonMasker;
import dev.imago.masking.MaskStream;
import dev.imago.masking.Masker;
import dev.imago.masking.Replacements;
import dev.imago.masking.RestoreStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is masked of an answer as it flows, and what the client gets back that was taken out of its
/// request. Whatever is thrown ends the answer.
sealed interface AnswerMasking {
  AnswerMasking NOTHING = new Nothing();

  /// Takes parts of the answer; gives what of them is decided.
  List<AnswerPart> parts(List<AnswerPart> parts);

  /// What was held back.
  List<AnswerPart> end();

  /// What of the model's text is kept for ratings: masked, and not restored.
  String kept(String text);

  /// The rest of it.
  String keptRest();

  /// Where nothing is masked.
  record Nothing() implements AnswerMasking {
    @Override
    public List<AnswerPart> parts(List<AnswerPart> parts) {
      return parts;
    }

    @Override
    public List<AnswerPart> end() {
      return List.of();
    }

    @Override
    public String kept(String text) {
      return text;
    }

    @Override
    public String keptRest() {
      return "";
    }
  }

  /// A text on its way: masked, then restored.
  record Flow(MaskStream mask, RestoreStream restore) {
    String add(String text) {
      return restore.append(mask.append(text));
    }

    String end() {
      return restore.append(mask.finish()) + restore.finish();
    }
  }

  /// Masks text, thoughts and arguments. A call's arguments are held until they are whole: a number
  /// among them that is masked becomes a string, and they must stay JSON.
  final class Words implements AnswerMasking {
    private final Masker masker;
    private final Replacements replacements;
    private final MaskStream kept;
    private final StringBuilder arguments = new StringBuilder();
    private @Nullable Flow flow;
    private boolean thoughts;
    private boolean broken;

    Words(Masker masker, Replacements replacements) {
      this.masker = masker;
      this.replacements = replacements;
      this.kept = masker.stream(replacements);
    }

    @Override
    public List<AnswerPart> parts(List<AnswerPart> parts) {
      return checked(
          () -> {
            var out = new ArrayList<AnswerPart>();
            for (AnswerPart part : parts) {
              switch (part) {
                case AnswerPart.Text(String text) -> text(false, text, out);
                case AnswerPart.Reasoning(String text) -> text(true, text, out);
                case AnswerPart.Arguments(int _, String json) -> arguments.append(json);
                case AnswerPart.CallBegun _, AnswerPart.Unread _ -> {
                  finish(out);
                  arguments.setLength(0);
                  out.add(part);
                }
                case AnswerPart.CallEnded(int call, String _) -> {
                  out.addAll(arguments(call));
                  out.add(part);
                }
              }
            }
            return out;
          });
    }

    @Override
    public List<AnswerPart> end() {
      return checked(
          () -> {
            var out = new ArrayList<AnswerPart>();
            finish(out);
            return out;
          });
    }

    private void text(boolean thinks, String text, List<AnswerPart> out) {
      Flow now = flow;
      if (now == null || thoughts != thinks) {
        finish(out);
        now = new Flow(masker.stream(replacements), replacements.restoring());
        flow = now;
        thoughts = thinks;
      }
      add(now.add(text), out);
    }

    private void finish(List<AnswerPart> out) {
      Flow now = flow;
      if (now != null) {
        add(now.end(), out);
        flow = null;
      }
    }

    private void add(String text, List<AnswerPart> out) {
      if (!text.isEmpty()) {
        out.add(thoughts ? new AnswerPart.Reasoning(text) : new AnswerPart.Text(text));
      }
    }

    private List<AnswerPart> arguments(int call) {
      if (arguments.isEmpty()) {
        return List.of();
      }
      RestoreStream back = replacements.restoring();
      String json =
          new JsonMasker(masker, replacements, text -> back.append(text) + back.finish())
              .mask(arguments.toString());
      arguments.setLength(0);
      return List.of(new AnswerPart.Arguments(call, json));
    }

    @Override
    public String kept(String text) {
      broken = true; // until it went well
      String decided = checked(() -> kept.append(text));
      broken = false;
      return decided;
    }

    @Override
    public String keptRest() {
      return broken ? "" : checked(kept::finish);
    }

    private static <T> T checked(Supplier<T> work) {
      try {
        return work.get();
      } catch (BlockedTextException e) {
        throw RequestMasking.refused("the answer", e);
      }
    }
  }
}
