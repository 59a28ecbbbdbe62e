package dev.imago.constraints;

import dev.imago.constraints.Formula.Term;
import dev.imago.constraints.Formula.Term.AllItems;
import dev.imago.constraints.Formula.Term.AllKeys;
import dev.imago.constraints.Formula.Term.And;
import dev.imago.constraints.Formula.Term.CountItems;
import dev.imago.constraints.Formula.Term.CountKeys;
import dev.imago.constraints.Formula.Term.ExactlyOne;
import dev.imago.constraints.Formula.Term.Later;
import dev.imago.constraints.Formula.Term.Numbers;
import dev.imago.constraints.Formula.Term.Or;
import dev.imago.constraints.Formula.Term.Strings;
import dev.imago.constraints.Formula.Term.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// Makes conditions, the same object for the same one, negations pushed down to what is not made of
/// others. Not thread-safe.
final class Formulas {
  /// Conditions of one schema.
  private static final int MOST = 100_000;

  private final Map<Term, Formula> known = new HashMap<>();
  private final Map<Formula, Formula> negated = new HashMap<>();
  private final Work work;
  private int names;

  final Formula anything;
  final Formula nothing;

  Formulas(Work work) {
    this.work = work;
    this.anything = make(new Types(Formula.EVERY_TYPE));
    this.nothing = make(new Types(0));
  }

  Work work() {
    return work;
  }

  private Formula make(Term term) {
    work.spend(1);
    Formula made = known.get(term);
    if (made == null) {
      if (known.size() >= MOST) {
        throw new ConstraintException(
            "the schema takes more than %,d conditions; make it smaller, or put fewer alternatives inside one another"
                .formatted(MOST));
      }
      made = new Formula(known.size(), term);
      known.put(term, made);
    }
    return made;
  }

  Formula types(int mask) {
    return make(new Types(mask));
  }

  Formula numbers(TextDfa decimals) {
    return make(new Numbers(decimals));
  }

  Formula strings(TextDfa texts) {
    return make(new Strings(texts));
  }

  Formula later(SchemaReference to) {
    return make(new Later(to, false));
  }

  Formula and(Formula... parts) {
    return and(List.of(parts));
  }

  Formula and(Collection<Formula> parts) {
    SequencedSet<Formula> all = new LinkedHashSet<>();
    int mask = Formula.EVERY_TYPE;
    for (Formula part : parts) {
      List<Formula> each = part.term() instanceof And(List<Formula> inner) ? inner : List.of(part);
      work.spend(1 + each.size());
      for (Formula one : each) {
        if (one.term() instanceof Types(int of)) {
          mask &= of;
        } else {
          all.add(one);
        }
      }
    }
    if (mask == 0) {
      return nothing;
    }
    if (mask != Formula.EVERY_TYPE) {
      all.add(types(mask));
    }
    return all.isEmpty() ? anything : all.size() == 1 ? all.getFirst() : make(new And(sorted(all)));
  }

  Formula or(Formula... parts) {
    return or(List.of(parts));
  }

  Formula or(Collection<Formula> parts) {
    SequencedSet<Formula> all = new LinkedHashSet<>();
    int mask = 0;
    for (Formula part : parts) {
      List<Formula> each = part.term() instanceof Or(List<Formula> inner) ? inner : List.of(part);
      work.spend(1 + each.size());
      for (Formula one : each) {
        if (one.term() instanceof Types(int of)) {
          mask |= of;
        } else {
          all.add(one);
        }
      }
    }
    if (mask == Formula.EVERY_TYPE) {
      return anything;
    }
    if (mask != 0) {
      all.add(types(mask));
    }
    return all.isEmpty() ? nothing : all.size() == 1 ? all.getFirst() : make(new Or(sorted(all)));
  }

  private static List<Formula> sorted(Collection<Formula> parts) {
    List<Formula> sorted = new ArrayList<>(parts);
    sorted.sort(Comparator.comparingInt(Formula::id));
    return List.copyOf(sorted);
  }

  Formula exactlyOne(List<Formula> parts) {
    work.spend(parts.size());
    List<Formula> some = parts.stream().filter(p -> p != nothing).toList();
    return some.isEmpty()
        ? nothing
        : some.size() == 1 ? some.getFirst() : make(new ExactlyOne(some));
  }

  /// A key that the schema names, after all that it has named.
  KeySet named(String name) {
    return KeySet.named(name, names++);
  }

  Formula allItems(int from, int to, Formula each) {
    return each == anything || from >= to ? anything : make(new AllItems(from, to, each));
  }

  Formula countItems(int from, int to, Formula each, int least, int most) {
    return least > most
        ? types(Formula.EVERY_TYPE & ~Formula.ARRAY)
        : least <= 0 && most == Formula.ENDLESS
            ? anything
            : make(new CountItems(from, to, each, Math.max(0, least), most));
  }

  Formula allKeys(KeySet keys, Formula each) {
    // A name of which nothing is asked has its place in the order all the same.
    return each == anything && keys.name() == null || keys.isEmpty()
        ? anything
        : make(new AllKeys(keys, each));
  }

  Formula countKeys(KeySet keys, Formula each, int least, int most) {
    return least > most
        ? types(Formula.EVERY_TYPE & ~Formula.OBJECT)
        : least <= 0 && most == Formula.ENDLESS
            ? anything
            : make(new CountKeys(keys, each, Math.max(0, least), most));
  }

  Formula has(KeySet key) {
    return countKeys(key, anything, 1, Formula.ENDLESS);
  }

  /// Without it, or no object.
  Formula hasNot(KeySet key) {
    return countKeys(key, anything, 0, 0);
  }

  Formula not(Formula formula) {
    Formula made = negated.get(formula);
    if (made == null) {
      made = negation(formula);
      negated.put(formula, made);
      negated.put(made, formula);
    }
    return made;
  }

  private Formula negation(Formula formula) {
    return switch (formula.term()) {
      case Types(int mask) -> types(Formula.EVERY_TYPE & ~mask);
      case And(List<Formula> parts) -> or(parts.stream().map(this::not).toList());
      case Or(List<Formula> parts) -> and(parts.stream().map(this::not).toList());
      case ExactlyOne(List<Formula> parts) -> noneOrTwo(parts);
      case Numbers(TextDfa decimals) ->
          and(types(Formula.NUMBER), numbers(NumberSets.ALL.less(decimals, work)));
      case Strings(TextDfa texts) -> and(types(Formula.STRING), strings(texts.not(work)));
      case AllItems(int from, int to, Formula each) ->
          and(types(Formula.ARRAY), countItems(from, to, not(each), 1, Formula.ENDLESS));
      case CountItems(int from, int to, Formula each, int least, int most) ->
          and(
              types(Formula.ARRAY),
              or(
                  least == 0 ? nothing : countItems(from, to, each, 0, least - 1),
                  most == Formula.ENDLESS
                      ? nothing
                      : countItems(from, to, each, most + 1, Formula.ENDLESS)));
      case AllKeys(KeySet keys, Formula each) when each == anything -> nothing;
      case AllKeys(KeySet keys, Formula each) ->
          and(types(Formula.OBJECT), countKeys(keys, not(each), 1, Formula.ENDLESS));
      case CountKeys(KeySet keys, Formula each, int least, int most) ->
          and(
              types(Formula.OBJECT),
              or(
                  least == 0 ? nothing : countKeys(keys, each, 0, least - 1),
                  most == Formula.ENDLESS
                      ? nothing
                      : countKeys(keys, each, most + 1, Formula.ENDLESS)));
      case Later(SchemaReference to, boolean negative) -> make(new Later(to, !negative));
    };
  }

  private Formula noneOrTwo(List<Formula> parts) {
    List<Formula> ways = new ArrayList<>();
    ways.add(and(parts.stream().map(this::not).toList()));
    for (int i = 0; i < parts.size(); i++) {
      for (int j = i + 1; j < parts.size(); j++) {
        ways.add(and(parts.get(i), parts.get(j)));
      }
    }
    return or(ways);
  }
}
