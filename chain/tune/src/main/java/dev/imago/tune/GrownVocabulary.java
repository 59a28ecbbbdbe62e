package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.AdapterFile;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.AdapterSettings;
import dev.imago.training.AddedTokens;
import dev.imago.training.NewTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A tokenizer's files with tokens that it lacked, and what the model needs for them.
///
/// @param inputs with the larger vocabulary in the place of the base's
/// @param config where an adapter has the new tokens' rows train beside
/// @param tokens what the model needs
record GrownVocabulary(Tune.Inputs inputs, Tune.Config config, NewTokens tokens) {
  private static final String FOLDER = "vocabulary";

  /// @throws ConfigException for a token that is there already, or that the adapter has no place
  ///   for
  static GrownVocabulary of(Tune.Inputs inputs, Tune.Config config, Run run) {
    List<AddedTokens.Token> wanted = wanted(inputs, config);
    if (wanted.isEmpty()) {
      return new GrownVocabulary(inputs, config, NewTokens.NONE);
    }
    AdapterSettings adapter = config.adapter();
    if (adapter.used() && !adapter.kind().lowRank()) {
      throw new ConfigException(
          "tune.addTokens: an adapter of kind = %s has no place for rows of new tokens; take kind = lora, or train all weights"
              .formatted(adapter.kind().name().toLowerCase(Locale.ROOT)));
    }
    Path from = BaseModel.words(inputs);
    Path to = run.scratch().resolve(FOLDER);
    Tokenizer before = BaseModel.tokenizer(inputs);
    AddedTokens.write(from, to, wanted, _ -> {});
    Tokenizer after = Tokenizer.load(to.resolve(TunedModel.TOKENIZER));
    Map<Integer, List<Integer>> pieces = new TreeMap<>();
    for (AddedTokens.Token token : wanted) {
      int id = after.id(token.content()).orElseThrow();
      pieces.put(
          id,
          config.vocabulary().newRows() == VocabularyGrowth.Beginning.PIECES
              ? Arrays.stream(before.encodeOrdinary(token.content())).boxed().toList()
              : List.of());
    }
    var tokens = new NewTokens(before.vocabularySize(), pieces);
    int rows = BaseModel.shape(inputs.base()).vocabularySize();
    run.note(
        "%d tokens are added to the vocabulary, with the ids %d … %d; the model has rows for %,d, and %s"
            .formatted(
                wanted.size(),
                pieces.keySet().stream().reduce(Math::min).orElseThrow(),
                pieces.keySet().stream().reduce(Math::max).orElseThrow(),
                rows,
                tokens.rows(rows) == rows
                    ? "needs no more"
                    : "gets %,d more".formatted(tokens.rows(rows) - rows)));
    Vocabulary grown =
        new Vocabulary(inputs.vocabulary().map(Vocabulary::ref).orElse(inputs.base().ref()), to);
    Tune.Inputs with = inputs.with(grown);
    if (!adapter.used() || inputs.start().isPresent()) {
      return new GrownVocabulary(with, config, tokens);
    }
    var trained = new ArrayList<>(adapter.parts().tokens());
    wanted.stream()
        .map(AddedTokens.Token::content)
        .filter(t -> !trained.contains(t))
        .forEach(trained::add);
    return new GrownVocabulary(with, config.with(adapter.withTokens(trained)), tokens);
  }

  /// The tokens that are asked for; or those that an adapter to go on with has beyond its base.
  private static List<AddedTokens.Token> wanted(Tune.Inputs inputs, Tune.Config config) {
    VocabularyGrowth growth = config.vocabulary();
    if (inputs.start().isPresent()) {
      if (!growth.none()) {
        throw new ConfigException(
            "tune.addTokens: the adapter to go on with (tune.inputs.start) has the tokens that it"
                + " has; leave it out, or begin a new one");
      }
      return own(inputs, inputs.start().get());
    }
    if (growth.none()) {
      return List.of();
    }
    Tokenizer tokenizer = BaseModel.tokenizer(inputs);
    var to = new ArrayList<AddedTokens.Token>();
    int next = tokenizer.vocabularySize();
    for (String token : growth.addTokens()) {
      to.add(new AddedTokens.Token(next++, free(tokenizer, "addTokens", token), false));
    }
    for (String token : growth.addSpecialTokens()) {
      to.add(new AddedTokens.Token(next++, free(tokenizer, "addSpecialTokens", token), true));
    }
    return to;
  }

  private static String free(Tokenizer tokenizer, String setting, String token) {
    if (tokenizer.id(token).isPresent()) {
      throw new ConfigException(
          "tune.%s = «%s» is a token of the vocabulary already, with the id %d; leave it out (with an adapter tune.adapter.tokens trains its row)"
              .formatted(setting, token, tokenizer.id(token).getAsInt()));
    }
    return token;
  }

  private static List<AddedTokens.Token> own(Tune.Inputs inputs, Weights start) {
    Path file = start.folder().resolve(TunedModel.TOKENIZER);
    if (!Files.exists(file) || !AdapterFile.isOne(StartedAdapter.folder(start))) {
      return List.of();
    }
    Tokenizer theirs = Tokenizer.load(file);
    Tokenizer ours = BaseModel.tokenizer(inputs);
    if (ours.firstUnlike(theirs).isPresent()) {
      throw new InputException(
          "%s was trained with another tokenizer than %s: token %d is «%s» here; bind its own"
              .formatted(
                  start.ref().brief(),
                  BaseModel.words(inputs),
                  ours.firstUnlike(theirs).getAsInt(),
                  ours.token(ours.firstUnlike(theirs).getAsInt())));
    }
    var to = new ArrayList<AddedTokens.Token>();
    for (int id = ours.vocabularySize(); id < theirs.vocabularySize(); id++) {
      to.add(new AddedTokens.Token(id, theirs.token(id), theirs.special(id)));
    }
    return to;
  }
}
