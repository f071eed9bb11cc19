package io.tracestore.provider.chronicle;

import io.tracestore.model.TraceId;
import io.tracestore.provider.support.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The terms that a write gave to a trace, or took from it.
 *
 * @param member the trace's place; {@link Terms#EARLY} has one of its own
 * @param comes the terms that came
 * @param goes the terms that went
 * @param isNew whether the trace was not there before: then its entry says what came
 */
record IndexChange(
    Member member, Collection<String> comes, Collection<String> goes, boolean isNew) {

  /** What a trace that was not there is found by. */
  static IndexChange ofNew(Member member, Collection<String> terms) {
    return new IndexChange(member, terms, List.of(), true);
  }

  /** What leads from one set of terms to another; null if that is nothing. */
  static @Nullable IndexChange between(
      TraceId id, @Nullable Instant start, Set<String> before, Set<String> after) {
    List<String> comes = difference(after, before);
    List<String> goes = difference(before, after);
    Member member = start == null ? Member.timeless(id) : Member.of(start, id);
    return comes.isEmpty() && goes.isEmpty() ? null : new IndexChange(member, comes, goes, false);
  }

  private static List<String> difference(Set<String> terms, Set<String> others) {
    List<String> rest = new ArrayList<>();
    for (String term : terms) {
      if (!others.contains(term)) {
        rest.add(term);
      }
    }
    return rest;
  }

  /** The trace's place in the index of {@code term}. */
  Member memberIn(String term) {
    return term.equals(Terms.EARLY) ? new Member(0, member.high(), member.low()) : member;
  }

  /** How many terms it changes. */
  int size() {
    return comes.size() + goes.size();
  }

  void write(Output out) {
    out.member(member);
    write(comes, out);
    write(goes, out);
  }

  private static void write(Collection<String> terms, Output out) {
    out.i32(terms.size());
    terms.forEach(out::text);
  }

  static IndexChange read(Input in) {
    return new IndexChange(in.member(), terms(in), terms(in), false);
  }

  private static List<String> terms(Input in) {
    int count = in.i32();
    List<String> terms = new ArrayList<>(Math.clamp(count, 0, 1024));
    for (int i = 0; i < count; i++) {
      terms.add(in.text());
    }
    return terms;
  }
}
