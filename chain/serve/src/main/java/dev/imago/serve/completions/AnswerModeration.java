package dev.imago.serve.completions;

import dev.imago.dialogue.AnswerPart;
import dev.imago.moderation.ModerationStream;
import dev.imago.moderation.ModerationVerdict;
import dev.imago.moderation.Moderator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What is judged of an answer as it flows. Where what is flagged is not to pass, the answer ends
/// before the sentence that is.
sealed interface AnswerModeration {
  AnswerModeration NOTHING = new Nothing();

  /// Takes parts of the answer; gives those that may go out.
  List<AnswerPart> parts(List<AnswerPart> parts);

  /// What was held back.
  List<AnswerPart> end();

  /// Whether the answer is over, since what follows is not to pass.
  boolean filtered();

  /// Where nothing is judged.
  record Nothing() implements AnswerModeration {
    @Override
    public List<AnswerPart> parts(List<AnswerPart> parts) {
      return parts;
    }

    @Override
    public List<AnswerPart> end() {
      return List.of();
    }

    @Override
    public boolean filtered() {
      return false;
    }
  }

  /// Judges text and thoughts by the sentence, and a call of a tool when it is whole.
  final class Judged implements AnswerModeration {
    private final Moderator moderator;
    private final boolean blocks;
    private final BiConsumer<ModerationVerdict, String> noted;
    private final List<AnswerPart> call = new ArrayList<>();
    private final StringBuilder arguments = new StringBuilder();
    private @Nullable ModerationStream stream;
    private boolean thoughts;
    private boolean filtered;

    /// @param blocks whether what is flagged is held back; else it is noted alone
    /// @param noted takes a verdict, and what it is on
    Judged(Moderator moderator, boolean blocks, BiConsumer<ModerationVerdict, String> noted) {
      this.moderator = moderator;
      this.blocks = blocks;
      this.noted = noted;
    }

    @Override
    public List<AnswerPart> parts(List<AnswerPart> parts) {
      var out = new ArrayList<AnswerPart>();
      for (AnswerPart part : parts) {
        if (filtered) {
          return out;
        }
        switch (part) {
          case AnswerPart.Text(String text) -> text(false, text, part, out);
          case AnswerPart.Reasoning(String text) -> text(true, text, part, out);
          case AnswerPart.CallBegun _ -> {
            finish(out);
            call.add(part);
          }
          case AnswerPart.Arguments(int _, String json) -> {
            arguments.append(json);
            call.add(part);
          }
          case AnswerPart.CallEnded _ -> {
            call.add(part);
            call(out);
          }
          case AnswerPart.Unread _ -> {
            finish(out);
            out.add(part);
          }
        }
      }
      return out;
    }

    @Override
    public List<AnswerPart> end() {
      var out = new ArrayList<AnswerPart>();
      if (!filtered) {
        finish(out);
        call(out);
      }
      return out;
    }

    private void text(boolean thinks, String text, AnswerPart part, List<AnswerPart> out) {
      ModerationStream now = stream;
      if (now == null || thoughts != thinks) {
        finish(out);
        if (filtered) {
          return;
        }
        now = new ModerationStream(moderator);
        stream = now;
        thoughts = thinks;
      }
      boolean before = now.flagged().isPresent();
      pass(now.append(text), out);
      if (!blocks) {
        out.add(part);
      }
      look(now, before);
    }

    private void finish(List<AnswerPart> out) {
      ModerationStream now = stream;
      if (now != null) {
        boolean before = now.flagged().isPresent();
        pass(now.finish(), out);
        look(now, before);
        stream = null;
      }
    }

    private void pass(String judged, List<AnswerPart> out) {
      if (blocks && !judged.isEmpty()) {
        out.add(thoughts ? new AnswerPart.Reasoning(judged) : new AnswerPart.Text(judged));
      }
    }

    private void look(ModerationStream now, boolean before) {
      if (!before && now.flagged().isPresent()) {
        flag(now.flagged().get(), now.flaggedText());
      }
    }

    private void flag(ModerationVerdict verdict, String text) {
      filtered = blocks;
      noted.accept(verdict, text);
    }

    private void call(List<AnswerPart> out) {
      if (!filtered && !call.isEmpty()) {
        ModerationVerdict verdict = moderator.judge(arguments.toString());
        if (verdict.isFlagged()) {
          flag(verdict, arguments.toString());
        }
        if (!filtered) {
          out.addAll(call);
        }
      }
      call.clear();
      arguments.setLength(0);
    }

    @Override
    public boolean filtered() {
      return filtered;
    }
  }
}
