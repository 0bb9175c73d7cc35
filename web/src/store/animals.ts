// The faces of the animals that the hub calls newcomers after, in Korean and English.
//
// Where an emoji is missing, or newer than Emoji 5, it is the nearest one's. `test/people.test.ts` holds the table to
// the hub's own lists.

const TABLE = `
  🦊여우,사막여우,fox🐧펭귄🐻곰,북극곰,불곰,반달곰,오소리,라쿤,bear,cub,coati🐸개구리,맹꽁이,두꺼비,청개구리,올챙이,frog,toad🐱고양이,cat,lynx,civet
  🐶강아지,dog,hound,pup,puppy,corgi,dingo🐰토끼,캥거루,왈라비,hare,bunny
  🐿️다람쥐,청설모,수달,해달,족제비,담비,미어캣,otter,mink,skunk,stoat
  🦌사슴,순록,고라니,노루,deer,eland,elk,fawn,kudu,moose,nyala,stag🐺너구리,늑대,husky,wolf,hyena🐳고래,whale,orca
  🦉부엉이,올빼미,owl🐢거북이🦆오리,백조,거위,펠리컨,기러기,원앙,duck,swan,coot,eider,goose,grebe,drake
  🐦참새,까치,까마귀,제비,종달새,딱따구리,두루미,황새,앵무새,물총새,오목눈이,박새,뻐꾸기,robin,crow,wren,crane,egret,finch,heron,ibis,jay,lark,macaw,myna,raven,rook,snipe,stork,vireo
  🐼판다,panda🐨코알라,나무늘보,koala,sloth🦒기린,okapi🦏하마,코뿔소,hippo,rhino🐭두더지,친칠라,mole,mouse,quoll,shrew,vole
  🐬물개,돌고래,바다표범,바다사자,seal🦋나비,잠자리,moth🐯호랑이,tiger🐑양,알파카,lamb,sheep🐐염소,산양,goat,ibex,oryx,saiga
  🐴당나귀,조랑말,망아지,colt,horse,pony,mule🐹햄스터,비버,쿼카,기니피그,pika🦁사자,lion🐆표범,치타,puma🐘코끼리🦓얼룩말,zebra🐮송아지,젖소
  🐂yak,zebu🐃bison,gnu🐥병아리,quail🕊️비둘기,갈매기,dove,gull,tern🐤꾀꼬리,kiwi🦅독수리,eagle,hawk,kite🦃공작새,칠면조,dodo
  🐔타조,emu🦎도마뱀,카멜레온,이구아나,도롱뇽,newt,gecko🐌달팽이,snail🐞무당벌레,반딧불이,풍뎅이🦗귀뚜라미,메뚜기🐝꿀벌,bee🐙문어,해파리🦑오징어,squid
  🐚불가사리,소라,조개🐠해마,가오리,guppy,koi,manta,tetra🦐가재,새우🦀꽃게,crab🐡복어🐟연어,송어,참치,carp,cod,perch,trout,tuna
  🦈상어,shark🐫라마,낙타,camel,llama🐜ant🦇bat🐵lemur,loris🐗tapir🦔고슴도치
`;

const FACES = new Map<string, string>();
for (const [, face, names] of TABLE.matchAll(/([^\p{L},\s]+)([\p{L},]+)/gu)) {
  for (const name of names!.split(",")) FACES.set(name, face!);
}

/** The face of the animal in a name that the hub gave: the last word, before a number. */
export function animalIn(nickname: string): string | null {
  const word = /(\p{L}+)(?: \d+)?$/u.exec(nickname.normalize("NFC"))?.[1] ?? "";
  return FACES.get(word.toLowerCase()) ?? null;
}
