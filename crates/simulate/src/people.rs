//! Fictional people, eight at a time: households, families, what each was born as, and which files hold them.
//!
//! Enters: the world, the scenario, the number of a block. Leaves: eight people with their homes. Never: a look at
//! another block, so that any block can be made at any time.

use crate::days::{self, Date, age};
use crate::dice::{Dice, Stream, Urn};
use crate::scenario::{self, AS_OF, HISTORY_FROM, Scenario};
use crate::world::World;

/// People in a block; households never cross its border.
pub(crate) const BLOCK: usize = 8;
/// Most moves a household makes in the five years; the chance of more is below 1 in 10,000.
const MOST_MOVES: usize = 5;

/// The file that is mainly a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    PostpaidA,
    PostpaidB,
    Credit,
    Former,
    Prepaid,
    Compiled,
}

impl Class {
    const ALL: [Class; 6] =
        [Class::PostpaidA, Class::PostpaidB, Class::Credit, Class::Former, Class::Prepaid, Class::Compiled];

    pub(crate) fn is_postpaid(self) -> bool {
        matches!(self, Class::PostpaidA | Class::PostpaidB)
    }
}

/// Generational suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suffix {
    None,
    Jr,
    Sr,
}

/// A surname, or two with a hyphen; indices into the world's surnames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Surname {
    pub(crate) first: u32,
    pub(crate) second: Option<u32>,
}

/// Where a household lives, from when on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    /// First day and state of each address; the first holds since long ago.
    stays: [(i32, u8); MOST_MOVES + 1],
    count: u8,
    /// Index of the head, which names the household.
    pub(crate) id: u64,
}

impl Home {
    /// The number of the address on a day, and its state.
    pub(crate) fn at(&self, day: i32) -> (u8, u8) {
        let stays = &self.stays[..self.count as usize];
        let number = stays.iter().rposition(|(from, _)| *from <= day).unwrap_or(0);
        (number as u8, stays[number].1)
    }

    /// Days on which the household moved.
    pub(crate) fn moves(&self) -> impl Iterator<Item = i32> {
        self.stays[1..self.count as usize].iter().map(|(from, _)| *from)
    }
}

/// A fictional person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) index: u64,
    pub(crate) male: bool,
    pub(crate) birth: i32,
    pub(crate) given: u32,
    pub(crate) middle: Option<u32>,
    pub(crate) surname: Surname,
    /// Surname before marriage, and the day it changed.
    pub(crate) maiden: Option<(Surname, i32)>,
    pub(crate) suffix: Suffix,
    /// Writes the name with its accents.
    pub(crate) accents: bool,
    /// Index of the home in the block, and slot of the household's head.
    pub(crate) home: u8,
    pub(crate) head: u8,
    pub(crate) class: Class,
    pub(crate) also_credit: bool,
    pub(crate) also_compiled: bool,
    pub(crate) second_application: bool,
    pub(crate) second_line: bool,
    pub(crate) tablet: bool,
    /// Gives the head's telephone number as contact.
    pub(crate) borrows_phone: bool,
    /// Shares the head's account.
    pub(crate) shares_account: bool,
    pub(crate) birth_state: u8,
    /// State in which the first telephone line was opened.
    pub(crate) line_state: u8,
    /// Year of arrival of somebody born abroad.
    pub(crate) arrived: Option<i32>,
    /// How often a Social Security number was drawn in vain because somebody has it.
    pub(crate) ssn_tries: u8,
}

impl Person {
    pub(crate) fn in_credit(&self) -> bool {
        self.class == Class::Credit || self.also_credit
    }

    pub(crate) fn in_compiled(&self) -> bool {
        self.class == Class::Compiled || self.also_compiled
    }

    /// The surname on a day.
    pub(crate) fn surname_on(&self, day: i32) -> Surname {
        match self.maiden {
            Some((maiden, changed)) if day < changed => maiden,
            _ => self.surname,
        }
    }
}

/// Eight people.
pub(crate) struct Block {
    pub(crate) people: Vec<Person>,
    pub(crate) homes: Vec<Home>,
}

/// Makes people.
pub(crate) struct Maker<'a> {
    pub(crate) world: &'a World,
    pub(crate) scenario: Scenario,
    adults: Urn,
    minors: Urn,
    sizes: Urn,
    ages: Urn,
}

/// First age, last age and share of adults in telephone and credit files; older than the census, as former customers age.
const AGES: [(i32, i32, u64); 8] = [
    (18, 24, 110),
    (25, 34, 180),
    (35, 44, 170),
    (45, 54, 160),
    (55, 64, 160),
    (65, 74, 125),
    (75, 84, 70),
    (85, 99, 25),
];
/// Share of households of one, two, ... people on file.
const SIZES: [u64; 5] = [45, 33, 12, 7, 3];

/// What a member is to the head of the household.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Partner,
    Child,
    Twin,
    Elder,
    Roommate,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(world: &'a World, scenario: Scenario) -> Self {
        Maker {
            world,
            scenario,
            adults: Urn::new(scenario::ADULT_SHARES),
            minors: Urn::new(scenario::MINOR_SHARES),
            sizes: Urn::new(SIZES),
            ages: Urn::new(AGES.map(|(_, _, share)| share)),
        }
    }

    /// Makes the people of a block, into a block that may have been used before.
    pub(crate) fn make(&self, number: u64, block: &mut Block) {
        let mut dice = Dice::new(self.scenario.seed, Stream::Block, number);
        block.people.clear();
        block.homes.clear();
        while block.people.len() < BLOCK {
            let size = (self.sizes.draw(&mut dice) + 1).min(BLOCK - block.people.len());
            self.household(number * BLOCK as u64, size, block, &mut dice);
        }
    }

    fn household(&self, first: u64, size: usize, block: &mut Block, dice: &mut Dice) {
        let head_slot = block.people.len();
        let home = self.home(first + head_slot as u64, dice);
        let surname = Surname { first: self.world.draw_surname(dice), second: None };
        let (from, to, _) = AGES[self.ages.draw(dice)];
        let birth = AS_OF - dice.between(from * 365 + from / 4, to * 365 + to / 4 + 364);
        let male = dice.chance(0.53);
        block.homes.push(home);
        let mut head = self.person(first + head_slot as u64, male, birth, surname, home.stays[0].1, dice);
        head.home = (block.homes.len() - 1) as u8;
        head.head = head_slot as u8;
        head.class = Class::ALL[self.adults.draw(dice)];
        self.memberships(&mut head, dice);
        block.people.push(head);
        for _ in 1..size {
            let member = self.member(head_slot, block, dice);
            block.people.push(member);
        }
    }

    fn home(&self, id: u64, dice: &mut Dice) -> Home {
        let mut state = self.world.draw_state(dice);
        let mut home = Home { stays: [(i32::MIN, state); MOST_MOVES + 1], count: 1, id };
        let mut day = f64::from(HISTORY_FROM);
        loop {
            day += dice.wait_days(scenario::MOVES).max(30.0);
            if day >= f64::from(AS_OF) || home.count as usize > MOST_MOVES {
                return home;
            }
            if dice.chance(0.18) {
                state = self.world.draw_state(dice);
            }
            home.stays[home.count as usize] = (day as i32, state);
            home.count += 1;
        }
    }

    /// A person as born; what depends on the household is set by the caller.
    fn person(&self, index: u64, male: bool, birth: i32, surname: Surname, home: u8, dice: &mut Dice) -> Person {
        let world = self.world;
        let year = days::date(birth).year;
        let birth_state = if dice.chance(0.6) { home } else { world.draw_state(dice) };
        let arrived = dice.chance(0.11).then(|| (year + dice.between(1, 45)).min(2024));
        Person {
            index,
            male,
            birth: if arrived.is_some() && dice.chance(0.05) { days::number(year, 1, 1) } else { birth },
            given: world.draw_given(male, year, dice),
            middle: dice.chance(0.82).then(|| world.draw_given(male, year, dice)),
            surname,
            maiden: None,
            suffix: Suffix::None,
            accents: dice.chance(0.35),
            home: 0,
            head: 0,
            class: Class::Compiled,
            also_credit: false,
            also_compiled: false,
            second_application: false,
            second_line: false,
            tablet: false,
            borrows_phone: false,
            shares_account: false,
            birth_state: self.with_numbering(birth_state, dice),
            line_state: self.with_numbering(if dice.chance(0.85) { home } else { birth_state }, dice),
            arrived,
            ssn_tries: 0,
        }
    }

    /// Military mail has neither area codes nor SSN areas: whoever lives there comes from a state.
    fn with_numbering(&self, mut state: u8, dice: &mut Dice) -> u8 {
        while self.world.states[state as usize].area_codes.is_empty() {
            state = self.world.draw_state(dice);
        }
        state
    }

    fn role(&self, head: usize, block: &Block, dice: &mut Dice) -> Role {
        let members = block.people.len() - head;
        let last = &block.people[block.people.len() - 1];
        if members == 1 {
            let throw = dice.below(100);
            return if throw < 72 {
                Role::Partner
            } else if throw < 88 {
                Role::Child
            } else {
                Role::Roommate
            };
        }
        let is_child = last.birth > block.people[head].birth + 18 * 365 && last.surname == block.people[head].surname;
        match dice.below(1000) {
            0..30 if is_child => Role::Twin,
            0..840 => Role::Child,
            840..920 => Role::Elder,
            _ => Role::Roommate,
        }
    }

    fn member(&self, head: usize, block: &mut Block, dice: &mut Dice) -> Person {
        let index = block.people[head].index + (block.people.len() - head) as u64;
        let role = self.role(head, block, dice);
        let parent = block.people[head];
        let last = block.people[block.people.len() - 1];
        let (male, birth) = match role {
            Role::Partner => {
                let birth = parent.birth + dice.between(-6 * 365, 6 * 365);
                (parent.male == dice.chance(0.02), birth.min(AS_OF - 18 * 366))
            }
            Role::Child => (dice.chance(0.51), child_birth(parent.birth, dice)),
            Role::Twin => (if dice.chance(0.7) { last.male } else { !last.male }, last.birth),
            Role::Elder => {
                (dice.chance(0.35), (parent.birth - dice.between(20 * 365, 33 * 365)).max(days::number(1912, 1, 1)))
            }
            Role::Roommate => (dice.chance(0.5), (parent.birth + dice.between(-2500, 2500)).min(AS_OF - 18 * 366)),
        };
        let own = Surname { first: self.world.draw_surname(dice), second: None };
        let surname = match role {
            Role::Child | Role::Twin => parent.surname,
            Role::Elder if dice.chance(0.6) => parent.surname,
            _ => own,
        };
        let state = block.homes[parent.home as usize].stays[0].1;
        let mut member = self.person(index, male, birth, surname, state, dice);
        (member.home, member.head) = (parent.home, parent.head);
        match role {
            Role::Partner => self.marry(&mut block.people[head], &mut member, dice),
            Role::Child => name_after_father(&mut block.people[head..], &mut member, dice),
            Role::Twin => {
                while member.given == last.given {
                    member.given = self.world.draw_given(male, days::date(birth).year, dice);
                }
            }

            _ => {}
        }
        self.join(&parent, &mut member, role, dice);
        member
    }

    /// One of the two may take the other's name; it is hers that changes, whichever of them is the head.
    fn marry(&self, head: &mut Person, partner: &mut Person, dice: &mut Dice) {
        let throw = dice.below(100);
        if throw >= 80 {
            return;
        }
        let (wife, husband) = if head.male { (partner, &*head) } else { (head, &*partner) };
        let maiden = wife.surname;
        let earliest = (wife.birth + 20 * 365).min(AS_OF - 60);
        let married = if dice.chance(0.12) {
            dice.between(HISTORY_FROM.max(earliest), AS_OF - 30)
        } else {
            dice.between(earliest, AS_OF - 30)
        };
        wife.surname = if throw < 7 {
            Surname { first: maiden.first, second: Some(husband.surname.first) }
        } else {
            husband.surname
        };
        wife.maiden = Some((maiden, married));
    }

    /// Decides the files of a member of a household.
    fn join(&self, head: &Person, member: &mut Person, role: Role, dice: &mut Dice) {
        let minor = age(member.birth, AS_OF) < 18;
        let follows = role != Role::Roommate && dice.chance(scenario::FAMILY_PLAN);
        member.class = match head.class {
            Class::PostpaidB if follows => Class::PostpaidB,
            class if follows && !minor => class,
            _ if minor => Class::ALL[self.minors.draw(dice)],
            _ => Class::ALL[self.adults.draw(dice)],
        };
        member.shares_account = follows && member.class == head.class && member.class.is_postpaid();
        member.borrows_phone =
            member.class != Class::Prepaid && !minor && role != Role::Roommate && dice.chance(scenario::BORROWS_PHONE);
        if !minor {
            self.memberships(member, dice);
        }
    }

    fn memberships(&self, person: &mut Person, dice: &mut Dice) {
        let class = person.class as usize;
        person.also_credit = dice.chance(scenario::ALSO_CREDIT[class]);
        person.also_compiled = dice.chance(scenario::ALSO_COMPILED[class]);
        person.second_application = person.in_credit() && dice.chance(self.scenario.dirt.second_application);
        person.second_line = person.class.is_postpaid() && !person.borrows_phone && dice.chance(scenario::SECOND_LINE);
        person.tablet = person.class.is_postpaid() && dice.chance(scenario::TABLET);
    }
}

/// Born when the parent was 19 to 38; where that lies in the future, a child of now.
fn child_birth(parent: i32, dice: &mut Dice) -> i32 {
    let birth = parent + dice.between(19 * 365, 38 * 365);
    if birth > AS_OF - 120 { AS_OF - dice.between(120, 17 * 365) } else { birth }
}

/// A son may be named after his father: Jr and Sr at one address, the classic wrong merge.
fn name_after_father(family: &mut [Person], child: &mut Person, dice: &mut Dice) {
    let old_enough = child.birth - 18 * 365;
    let Some(father) = family.iter_mut().find(|person| person.male && person.birth < old_enough) else { return };
    if !child.male || father.suffix == Suffix::Sr || !dice.chance(0.08) {
        return;
    }
    (child.given, child.middle, child.surname) = (father.given, father.middle, father.surname);
    child.suffix = Suffix::Jr;
    if father.suffix == Suffix::None {
        father.suffix = Suffix::Sr;
    }
}

/// Tells whether a date can be read with day and month swapped, as another date.
pub(crate) fn swappable(date: Date) -> bool {
    date.day <= 12 && date.day != date.month
}
