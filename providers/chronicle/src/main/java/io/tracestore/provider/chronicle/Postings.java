package io.tracestore.provider.chronicle;

import io.tracestore.spi.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The traces that have one term, in order: in one entry while they are few, else in pages, with an
 * entry that lists the pages. Read as they are needed; used by one thread, inside the gate.
 */
final class Postings {
  private static final byte FEW = 1;
  private static final byte PAGED = 2;
  private static final int MOST_IN_ENTRY = 128;
  private static final int NEW_PAGE = 384;
  private static final int MOST_IN_PAGE = 512;

  /** A page and where it begins. */
  private static final class Page {
    private final Member first;
    private final int number;
    private final int count;

    Page(Member first, int number, int count) {
      this.first = first;
      this.number = number;
      this.count = count;
    }
  }

  private final Source source;
  private final String term;
  private final Key key;
  private int nextPage;
  private List<Page> pages = new ArrayList<>();
  private @Nullable List<Member> few;
  private int loadedPage = -1;
  private List<Member> loaded = List.of();

  Postings(Source source, String term) {
    this.source = source;
    this.term = term;
    this.key = Key.postings(term);
    byte[] root = source.get(key);
    if (root == null) {
      few = List.of();
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(root);
    switch (in.get()) {
      case FEW -> few = members(in);
      case PAGED -> readPages(in);
      default ->
          throw new CorruptDataException("damaged index: the entry of '%s'".formatted(term), null);
    }
  }

  private void readPages(ByteBuffer in) {
    nextPage = in.getInt();
    while (in.hasRemaining()) {
      pages.add(new Page(Member.read(in), in.getInt(), in.getInt()));
    }
  }

  private static List<Member> members(ByteBuffer in) {
    List<Member> members = new ArrayList<>(in.remaining() / Member.SIZE);
    while (in.hasRemaining()) {
      members.add(Member.read(in));
    }
    return members;
  }

  int size() {
    if (few != null) {
      return few.size();
    }
    int size = 0;
    for (Page page : pages) {
      size += page.count;
    }
    return size;
  }

  boolean contains(Member member) {
    return Collections.binarySearch(pageOf(member), member) >= 0;
  }

  /** Those from {@code from} on, to the end of a page; none at the end. */
  List<Member> from(Member from) {
    if (few != null) {
      return tail(few, from);
    }
    for (int i = pageIndex(from); i < pages.size(); i++) {
      List<Member> members = tail(page(i), from);
      if (!members.isEmpty()) {
        return members;
      }
    }
    return List.of();
  }

  /** How many there are from {@code from} to {@code to}, both included. */
  long count(Member from, Member to) {
    if (few != null) {
      return countIn(few, from, to);
    }
    long count = 0;
    for (int i = pageIndex(from); i < pages.size(); i++) {
      Page page = pages.get(i);
      if (page.first.compareTo(to) > 0) {
        break;
      }
      boolean last = i == pages.size() - 1;
      boolean whole =
          page.first.compareTo(from) >= 0 && !last && pages.get(i + 1).first.compareTo(to) <= 0;
      count += whole ? page.count : countIn(page(i), from, to);
    }
    return count;
  }

  private static long countIn(List<Member> members, Member from, Member to) {
    int first = Collections.binarySearch(members, from);
    int last = Collections.binarySearch(members, to);
    int begin = first >= 0 ? first : -first - 1;
    int end = last >= 0 ? last + 1 : -last - 1;
    return Math.max(0, end - begin);
  }

  private static List<Member> tail(List<Member> members, Member from) {
    int found = Collections.binarySearch(members, from);
    return members.subList(found >= 0 ? found : -found - 1, members.size());
  }

  private List<Member> pageOf(Member member) {
    return few != null ? few : page(pageIndex(member));
  }

  /** The page in which {@code member} is, or would be. */
  private int pageIndex(Member member) {
    int low = 0;
    int high = pages.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (pages.get(middle).first.compareTo(member) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private List<Member> page(int index) {
    if (loadedPage != index) {
      byte[] bytes = source.get(Key.page(term, pages.get(index).number));
      if (bytes == null) {
        throw new CorruptDataException(
            "damaged index: a page of '%s' is missing".formatted(term), null);
      }
      loaded = members(ByteBuffer.wrap(bytes));
      loadedPage = index;
    }
    return loaded;
  }

  /**
   * Adds members and takes members out, and writes what changed.
   *
   * @param comes in order; one may be there twice
   * @param goes in order
   */
  void apply(List<Member> comes, List<Member> goes, Transaction transaction) {
    if (few != null) {
      List<Member> merged = merged(few, comes, goes);
      few = merged.size() <= MOST_IN_ENTRY ? merged : null;
      if (few == null) {
        pages = newPages(merged, transaction);
      }
    } else {
      pages = changedPages(comes, goes, transaction);
      int size = size();
      if (size <= MOST_IN_ENTRY / 2) {
        few = withoutPages(transaction);
      }
    }
    loadedPage = -1;
    writeRoot(transaction);
  }

  private static List<Member> merged(List<Member> members, List<Member> comes, List<Member> goes) {
    List<Member> merged = new ArrayList<>(members.size() + comes.size());
    int ofMembers = 0;
    int ofComes = 0;
    int ofGoes = 0;
    Member last = null;
    while (ofMembers < members.size() || ofComes < comes.size()) {
      boolean fromMembers =
          ofComes == comes.size()
              || (ofMembers < members.size()
                  && members.get(ofMembers).compareTo(comes.get(ofComes)) <= 0);
      Member next = fromMembers ? members.get(ofMembers++) : comes.get(ofComes++);
      while (ofGoes < goes.size() && goes.get(ofGoes).compareTo(next) < 0) {
        ofGoes++;
      }
      boolean went = ofGoes < goes.size() && goes.get(ofGoes).equals(next);
      if (!went && !next.equals(last)) {
        merged.add(next);
        last = next;
      }
    }
    return merged;
  }

  private List<Page> newPages(List<Member> members, Transaction transaction) {
    List<Page> made = new ArrayList<>();
    for (int from = 0; from < members.size(); from += NEW_PAGE) {
      List<Member> part = members.subList(from, Math.min(members.size(), from + NEW_PAGE));
      made.add(written(nextPage++, part, transaction));
    }
    return made;
  }

  private Page written(int number, List<Member> members, Transaction transaction) {
    Output out = new Output(members.size() * Member.SIZE);
    members.forEach(out::member);
    transaction.put(Key.page(term, number), out.toBytes());
    return new Page(members.getFirst(), number, members.size());
  }

  private List<Page> changedPages(List<Member> comes, List<Member> goes, Transaction transaction) {
    List<Page> changed = new ArrayList<>(pages.size() + 1);
    for (int i = 0; i < pages.size(); i++) {
      Page page = pages.get(i);
      Member from = i == 0 ? Member.FIRST : page.first;
      Member to = i + 1 == pages.size() ? null : pages.get(i + 1).first;
      List<Member> here = between(from, to, comes);
      List<Member> gone = between(from, to, goes);
      if (here.isEmpty() && gone.isEmpty()) {
        changed.add(page);
        continue;
      }
      List<Member> merged = merged(page(i), here, gone);
      if (merged.isEmpty()) {
        transaction.remove(Key.page(term, page.number));
      } else if (merged.size() <= MOST_IN_PAGE) {
        changed.add(written(page.number, merged, transaction));
      } else {
        changed.add(written(page.number, merged.subList(0, NEW_PAGE), transaction));
        changed.addAll(newPages(merged.subList(NEW_PAGE, merged.size()), transaction));
      }
    }
    return changed;
  }

  /** Those from {@code from}, included, to {@code to}, excluded; null for the end. */
  private static List<Member> between(Member from, @Nullable Member to, List<Member> members) {
    List<Member> tail = tail(members, from);
    return to == null ? tail : tail.subList(0, tail.size() - tail(tail, to).size());
  }

  private List<Member> withoutPages(Transaction transaction) {
    List<Member> all = new ArrayList<>();
    loadedPage = -1;
    for (int i = 0; i < pages.size(); i++) {
      all.addAll(page(i));
      transaction.remove(Key.page(term, pages.get(i).number));
    }
    pages = new ArrayList<>();
    return all;
  }

  private void writeRoot(Transaction transaction) {
    if (few == null) {
      Output out = new Output(5 + pages.size() * (Member.SIZE + 2 * Integer.BYTES));
      out.u8(PAGED).i32(nextPage);
      pages.forEach(page -> out.member(page.first).i32(page.number).i32(page.count));
      transaction.put(key, out.toBytes());
    } else if (few.isEmpty()) {
      transaction.remove(key);
    } else {
      Output out = new Output(1 + few.size() * Member.SIZE).u8(FEW);
      few.forEach(out::member);
      transaction.put(key, out.toBytes());
    }
  }
}
