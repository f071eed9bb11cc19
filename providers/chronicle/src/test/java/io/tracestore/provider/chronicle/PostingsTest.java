package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Postings are a sorted set, however many pages they take. */
class PostingsTest {
  private static final Sizing SIZING = new Sizing(1000, 256, 1);

  @Property(tries = 20)
  void whatIsAddedAndTakenOutIsThereInOrder(
      @ForAll long seed, @ForAll @IntRange(min = 10, max = 6000) int range) throws IOException {
    Random random = new Random(seed);
    TreeSet<Member> expected = new TreeSet<>();
    try (Table table = Table.inMemory(SIZING)) {
      for (int round = 0; round < 12; round++) {
        boolean growing = round < 7;
        TreeMap<Member, Boolean> changes = new TreeMap<>();
        for (int i = 0; i < random.nextInt(range); i++) {
          changes.put(member(random.nextInt(range)), random.nextInt(10) < (growing ? 9 : 2));
        }
        apply(changes, table);
        changes.forEach((member, comes) -> {
          if (comes) {
            expected.add(member);
          } else {
            expected.remove(member);
          }
        });
        isAsExpected(expected, new Postings(table::get, "term"), range, random);
      }
    }
  }

  private static Member member(int number) {
    return new Member(number / 3, -number, number);
  }

  private static void apply(NavigableMap<Member, Boolean> changes, Table table) throws IOException {
    Transaction transaction = new Transaction(table, SIZING, State.of(table::get));
    new Postings(transaction, "term").apply(with(true, changes), with(false, changes), transaction);
    transaction.commit(Gate.PRIVATE, Journal.none());
  }

  private static List<Member> with(boolean value, NavigableMap<Member, Boolean> changes) {
    return changes.entrySet().stream()
        .filter(change -> change.getValue() == value)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void isAsExpected(
      NavigableSet<Member> expected, Postings postings, int range, Random random) {
    assertThat(all(postings)).containsExactlyElementsOf(expected);
    assertThat(postings.size()).isEqualTo(expected.size());
    Member from = member(random.nextInt(range));
    Member to = member(random.nextInt(range));
    assertThat(postings.contains(from)).isEqualTo(expected.contains(from));
    long count = from.compareTo(to) > 0 ? 0 : expected.subSet(from, true, to, true).size();
    assertThat(postings.count(from, to)).isEqualTo(count);
  }

  private static List<Member> all(Postings postings) {
    List<Member> all = new ArrayList<>();
    List<Member> part = postings.from(Member.FIRST);
    while (!part.isEmpty()) {
      all.addAll(part);
      part = postings.from(part.getLast().next());
    }
    return all;
  }
}
